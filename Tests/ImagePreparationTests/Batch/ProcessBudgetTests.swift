import Foundation
import ImageCodecs
import ImagePreparation
import SeedreamModel
import Synchronization
import TestSupport
import Testing

@Suite("the process's budget")
struct ProcessBudgetTests {
    /// The events of the images, in order.
    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        var list: [String] { entries.withLock { $0 } }
        func add(_ entry: String) { entries.withLock { $0.append(entry) } }
    }

    /// A gate at which images wait while they are processed.
    private struct Door: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation
        init() { (stream, continuation) = AsyncStream<Void>.makeStream() }
        func open() { continuation.finish() }
        func pass() async { for await _ in stream {} }
    }

    /// Yields until the budget's load satisfies the condition.
    private func wait(_ budget: ProcessBudget, until holds: (ProcessBudget.Load) -> Bool) async {
        while !holds(budget.load) { await Task.yield() }
    }

    private func isIdle(_ budget: ProcessBudget) -> Bool {
        let load = budget.load
        return load.images == 0 && load.bytes == 0 && load.threads == 0 && load.waiting == 0
    }

    @Test("starts images in the order of their requests; a small one does not overtake a large one")
    func order() async throws {
        let budget = ProcessBudget(memory: 100, threads: 8)
        let (log, door) = (Log(), Door())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await budget.run(.init(bytes: 60)) { _ in await door.pass() } }
            await wait(budget) { $0.images == 1 }
            for (number, bytes) in [90, 20, 20, 81].enumerated() {
                group.addTask { try await budget.run(.init(bytes: bytes)) { _ in log.add("\(bytes)") } }
                // 20 bytes would fit at once.
                await wait(budget) { $0.waiting == number + 1 }
            }
            #expect(log.list.isEmpty)
            door.open()
            try await group.waitForAll()
        }
        #expect(log.list == ["90", "20", "20", "81"])
        #expect(budget.load.mostBytes == 90)
        #expect(isIdle(budget))
    }

    @Test("processes an image that is larger than the whole budget alone")
    func oversize() async throws {
        let budget = ProcessBudget(memory: 100, threads: 8)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for bytes in [50, 1000, 50, 2000, 50] {
                group.addTask {
                    try await budget.run(.init(bytes: bytes)) { _ in
                        await Task.yield()
                        return bytes > 100 ? budget.load.images : 1
                    }
                }
            }
            for try await images in group { #expect(images == 1) }
        }
        #expect(budget.load.mostBytes == 2000)
    }

    @Test("applies a claim's own limits of memory and threads, smaller or larger than its own")
    func ownLimits() async throws {
        let budget = ProcessBudget(memory: 100, threads: 2)
        let door = Door()
        try await withThrowingTaskGroup(of: Void.self) { group in
            let large = ProcessBudget.Claim(bytes: 100, memoryLimit: 400, threadLimit: 4)
            for number in 1...4 {
                group.addTask { try await budget.run(large) { _ in await door.pass() } }
                await wait(budget) { $0.images == number }
            }
            group.addTask { try await budget.run(.init(bytes: 1, memoryLimit: 10)) { _ in } }
            await wait(budget) { $0.waiting == 1 }
            #expect(budget.load.bytes == 400)
            door.open()
            try await group.waitForAll()
        }
        #expect(budget.load.mostThreads == 4)
    }

    @Test("gives several threads if they are free and no other image waits")
    func usefulThreads() async throws {
        let budget = ProcessBudget(memory: 100, threads: 4)
        func claim(_ threads: Int) -> ProcessBudget.Claim { .init(bytes: 1, usefulThreads: threads) }
        #expect(try await budget.run(claim(3)) { $0 } == 3)
        #expect(try await budget.run(claim(9)) { $0 } == 4)
        #expect(try await budget.run(claim(1)) { $0 } == 1)
        #expect(try await budget.run(claim(3)) { _ in try await budget.run(claim(3)) { $0 } } == 1)
        #expect(budget.load.mostThreads == 4)
    }

    @Test("a cancelled image leaves the queue, and those behind it continue")
    func cancellation() async throws {
        let budget = ProcessBudget(memory: 100, threads: 8)
        let (door, log) = (Door(), Log())
        let first = Task { try await budget.run(.init(bytes: 60)) { _ in await door.pass() } }
        await wait(budget) { $0.images == 1 }
        let large = Task { try await budget.run(.init(bytes: 90)) { _ in log.add("large") } }
        await wait(budget) { $0.waiting == 1 }
        let small = Task { try await budget.run(.init(bytes: 10)) { _ in log.add("small") } }
        await wait(budget) { $0.waiting == 2 }
        large.cancel()
        await #expect(throws: CancellationError.self) { try await large.value }
        // The first image is still being processed.
        try await small.value
        #expect(log.list == ["small"])
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await budget.run(.init(bytes: 1)) { _ in log.add("late") }
        }
        await #expect(throws: CancellationError.self) { try await late.value }
        door.open()
        try await first.value
        #expect(log.list == ["small"])
        #expect(budget.load.bytes == 0)
    }

    @Test("an image that throws returns its memory and threads")
    func failure() async throws {
        struct Failure: Error {}
        let budget = ProcessBudget(memory: 100, threads: 2)
        await #expect(throws: Failure.self) {
            try await budget.run(.init(bytes: 60, usefulThreads: 2)) { _ in throw Failure() }
        }
        #expect(isIdle(budget))
    }

    @Test("holds for 64 calls at once with separate preparers: memory, threads, and all images are prepared")
    func calls() async throws {
        let photos = ImagePreparerTests.photos.map { Fixtures.path($0) }
        // The largest need, which the refusal states.
        var options = PreparationOptions()
        options.memoryBudget = 1
        let refused = try await ImagePreparer(options: options).prepare(
            photos.map { .file($0) }, failures: .collect)
        let needs = refused.failed.compactMap { failure in
            failure.message.firstMatch(of: /about (\d+) bytes/).flatMap { Int($0.1) }
        }
        try #require(needs.count == photos.count)
        let largest = try #require(needs.max())
        let budget = ProcessBudget(memory: 2 * largest, threads: 6)
        try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for call in 0..<64 {
                group.addTask {
                    var preparer = ImagePreparer()
                    preparer.budget = budget
                    // Every other call belongs to a request with many images.
                    let inputs: [ImageInput] = [
                        .file(photos[call % photos.count]), .file(photos[(call + 1) % photos.count]),
                    ]
                    guard call.isMultiple(of: 2) else {
                        return (call, try await preparer.prepare(inputs).images.map(\.sha256))
                    }
                    var digests: [String] = []
                    try await preparer.prepareEach(inputs) { outcome in
                        if case .prepared(let image) = outcome { digests.append(image.sha256) }
                    }
                    return (call, digests)
                }
            }
            var found: [Int: [String]] = [:]
            for try await (call, digests) in group {
                #expect(digests.count == 2)
                let known = found[call % photos.count]
                #expect(known == nil || known == digests)
                found[call % photos.count] = digests
            }
            #expect(found.count == photos.count)
        }
        let load = budget.load
        #expect(load.mostBytes <= budget.memory)
        #expect(load.mostBytes > largest, "no two images were processed at once")
        #expect((2...6).contains(load.mostThreads))
        #expect(isIdle(budget))
    }

    @Test("works on as many images at once as are asked for, not more", arguments: [1, 2, 3])
    func jobs(_ jobs: Int) async throws {
        let photos = ImagePreparerTests.photos.map { ImageInput.file(Fixtures.path($0)) }
        let inputs = (0..<20).map { photos[$0 % photos.count] }
        let budget = ProcessBudget(memory: .max, threads: 2)
        var options = PreparationOptions()
        options.jobs = jobs
        var preparer = ImagePreparer(options: options)
        preparer.budget = budget
        var delivered: [Int] = []
        try await preparer.prepareEach(inputs) { outcome in
            delivered.append(outcome.index)
            // Others go on meanwhile.
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(delivered == Array(inputs.indices))
        #expect(budget.load.mostThreads == jobs)
        #expect(isIdle(budget))
    }

    #if os(Linux)
    @Test("keeps the resident memory of 64 calls at once near that of the budget")
    func resident() async throws {
        // A separate process, because images of other tests would count too.
        await #expect(processExitsWith: .success) {
            // Rotation holds the whole image at once.
            let input = ImageInput.file(Fixtures.path("photos/dandelion-portrait.jpg"))
            var options = PreparationOptions()
            options.memoryBudget = 1
            let refused = try await ImagePreparer(options: options).prepare(
                [input], failures: .collect)
            let message = try #require(refused.failed.first?.message)
            let need = try #require(message.firstMatch(of: /about (\d+) bytes/).flatMap { Int($0.1) })
            options.memoryBudget = 3 * need
            // Threads are not the limit here.
            options.jobs = 64
            let before = try #require(ProcessStatus()?.bytes("VmRSS"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask { [options] in
                        _ = try await ImagePreparer(options: options).prepare([input])
                    }
                }
                try await group.waitForAll()
            }
            let grown = try #require(ProcessStatus()?.bytes("VmHWM")) - before
            // 64 images would take 64 times as much.
            try #require(grown < 3 * need + (32 << 20), "\(grown) bytes for a budget of \(3 * need) bytes")
            try #require(ProcessBudget.shared.load.mostBytes <= 3 * need)
        }
    }
    #endif
}
