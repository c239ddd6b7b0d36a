import PixelEngine
import Synchronization
import Testing

@Suite("Stage")
struct StageTests {
    private struct Failure: Error {}

    @Test("makes every item once and in order", arguments: [true, false], [1, 2, 5])
    func order(_ concurrently: Bool, _ slots: Int) throws {
        let made = Mutex<[Int]>([])
        let stage = try Stage(count: 40, slots: slots, concurrently: concurrently) { item in
            made.withLock { $0.append(item) }
        }
        for item in 0..<40 {
            try stage.require(item + 1, releasing: item)
            #expect(made.withLock { $0.prefix(item + 1) == Array(0...item)[...] })
        }
        try stage.finish()
        #expect(made.withLock { $0 } == Array(0..<40))
    }

    @Test("makes no item before the item in its slot is released", arguments: [1, 3])
    func slots(_ slots: Int) throws {
        let made = Mutex(0)
        let stage = try Stage(count: 20, slots: slots, concurrently: true) { _ in made.withLock { $0 += 1 } }
        for item in 0..<20 {
            try stage.require(item + 1, releasing: item)
            #expect(made.withLock { $0 } <= item + slots)
        }
    }

    @Test("an error reaches the consumer after the items before it", arguments: [true, false])
    func failure(_ concurrently: Bool) throws {
        let stage = try Stage(count: 10, slots: 3, concurrently: concurrently) { item in
            if item == 4 { throw Failure() }
        }
        try stage.require(4, releasing: 3)
        #expect(throws: Failure.self) { try stage.require(5, releasing: 4) }
        #expect(throws: Failure.self) { try stage.finish() }
    }

    @Test("ends its thread when it is released, also while items are missing")
    func release() throws {
        final class Token: Sendable {}
        weak var token: Token?
        do {
            let held = Token()
            token = held
            let stage = try Stage(count: 1000, slots: 2, concurrently: true) { _ in _ = held }
            try stage.require(1, releasing: 0)
        }
        #expect(token == nil)
    }

    @Test("stages in a row end when the last one is released")
    func chain() throws {
        let made = Mutex(0)
        do {
            let first = try Stage(count: 1000, slots: 2, concurrently: true) { _ in
                made.withLock { $0 += 1 }
            }
            let second = try Stage(count: 1000, slots: 2, concurrently: true) { item in
                try first.require(item + 1, releasing: item)
            }
            try second.require(3, releasing: 2)
        }
        #expect(made.withLock { $0 } < 20)
    }
}
