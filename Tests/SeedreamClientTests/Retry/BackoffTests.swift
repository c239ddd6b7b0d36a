import SeedreamClient
import Testing

@Suite("backoff")
struct BackoffTests {
    private static func backoff(_ policy: RetryPolicy = RetryPolicy(), _ waits: Recorder<Double>) -> Backoff {
        var backoff = Backoff(policy)
        backoff.draw = { $0 }
        backoff.sleep = { waits.append($0) }
        return backoff
    }

    @Test("doubles up to the cap, from a higher base after 429")
    func bounds() {
        let backoff = Backoff()
        #expect((1...8).map { backoff.bound(after: $0, .failure) } == [0.5, 1, 2, 4, 8, 16, 20, 20])
        #expect((1...6).map { backoff.bound(after: $0, .throttled) } == [1, 2, 4, 8, 16, 20])
        #expect(backoff.bound(after: 100_000, .failure) == 20)
    }

    @Test("draws from the whole range between 0 and the bound")
    func jitter() {
        let backoff = Backoff()
        let draws = (0..<2000).map { _ in backoff.draw(4) }
        #expect(draws.allSatisfy { (0...4).contains($0) })
        // Full jitter: each quarter of the range gets a quarter of the draws.
        for quarter in 0..<4 {
            let count = draws.count { $0 >= Double(quarter) && $0 < Double(quarter + 1) }
            #expect((350...650).contains(count), "\(count) in quarter \(quarter)")
        }
        #expect(backoff.draw(0) == 0)
    }

    @Test("gives up after the last attempt")
    func attempts() async throws {
        let waits = Recorder<Double>()
        let backoff = Self.backoff(RetryPolicy(), waits)
        #expect(try await backoff.wait(after: 1, .failure))
        #expect(try await backoff.wait(after: 2, .failure))
        #expect(try await !backoff.wait(after: 3, .failure))
        #expect(waits.all == [0.5, 1])
        #expect(try await !Self.backoff(.none, waits).wait(after: 1, .failure))
        #expect(waits.all.count == 2)
    }

    @Test(
        "waits as long as the provider asks, up to 120 s",
        arguments: [(0.0, true), (120, true), (121, false), (1e9, false)])
    func retryAfter(_ seconds: Double, _ isRepeated: Bool) async throws {
        let waits = Recorder<Double>()
        #expect(
            try await Self.backoff(RetryPolicy(), waits).wait(after: 1, .throttled, retryAfter: seconds)
                == isRepeated)
        #expect(waits.all == (isRepeated ? [seconds + 1] : []))
    }

    @Test("delays new calls while another call waits after a 429, and in no other case")
    func holding() async throws {
        let waits = Recorder<Double>()
        var backoff = Self.backoff(RetryPolicy(), waits)
        backoff.now = { 1000 }
        try await backoff.waitForOthers()
        #expect(try await backoff.wait(after: 1, .failure))
        try await backoff.waitForOthers()
        #expect(waits.all == [0.5])
        // A copy belongs to the same client.
        let copy = backoff
        #expect(try await copy.wait(after: 1, .throttled, retryAfter: 7))
        try await backoff.waitForOthers()
        #expect(waits.all == [0.5, 8, 8])
        backoff.now = { 1006 }
        try await backoff.waitForOthers()
        #expect(waits.all == [0.5, 8, 8, 2])
        backoff.now = { 1009 }
        try await backoff.waitForOthers()
        #expect(waits.all.count == 4)
        // Another client has another key or another provider.
        try await Self.backoff(RetryPolicy(), waits).waitForOthers()
        #expect(waits.all.count == 4)
    }

    @Test("shares a budget: a retry takes 5, after a timeout 10, a success returns 1")
    func budget() async throws {
        var policy = RetryPolicy()
        policy.budget = 16
        let waits = Recorder<Double>()
        let backoff = Self.backoff(policy, waits)
        #expect(try await backoff.wait(after: 1, .timeout))
        #expect(backoff.budget.left == 6)
        #expect(try await backoff.wait(after: 1, .throttled))
        #expect(backoff.budget.left == 1)
        #expect(try await !backoff.wait(after: 1, .failure))
        #expect(backoff.budget.left == 1)
        for _ in 0..<4 { backoff.budget.giveBack() }
        #expect(try await backoff.wait(after: 1, .failure))
        for _ in 0..<50 { backoff.budget.giveBack() }
        #expect(backoff.budget.left == 16)
        #expect(waits.all.count == 3)
    }

    @Test("with many at once spends no token twice")
    func concurrency() async {
        var policy = RetryPolicy()
        policy.budget = 500
        let budget = RetryBudget(policy)
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<100).count { _ in budget.take(5) } }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == 100)
        #expect(budget.left == 0)
    }
}
