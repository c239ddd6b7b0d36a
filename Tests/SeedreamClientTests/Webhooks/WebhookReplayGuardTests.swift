import SeedreamClient
import Testing

@Suite("replay guard")
struct WebhookReplayGuardTests {
    @Test("refuses a known message within its window, and accepts it afterwards")
    func window() {
        let replays = WebhookReplayGuard(window: 600)
        #expect(replays.admit([1], now: 1000))
        #expect(!replays.admit([1], now: 1000))
        #expect(!replays.admit([1], now: 1599.9))
        #expect(replays.admit([2], now: 1599.9))
        #expect(replays.admit([1], now: 1600))
        #expect(!replays.admit([2], now: 1600))
        #expect(!replays.admit([1], now: 2199))
    }

    @Test("forgets the message it is told to, and no other")
    func forgetting() {
        let replays = WebhookReplayGuard()
        #expect(replays.window == 600)
        #expect(replays.admit([1], now: 0) && replays.admit([2], now: 0))
        replays.forget([1])
        replays.forget([3])
        #expect(replays.admit([1], now: 1) && !replays.admit([2], now: 1))
        // The older entry of the same message does not end the newer one.
        #expect(!replays.admit([1], now: 600.5))
    }

    @Test("accepts one of many simultaneous copies")
    func race() async {
        let replays = WebhookReplayGuard()
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { replays.admit([7], now: 0) } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(admitted == 1)
    }
}
