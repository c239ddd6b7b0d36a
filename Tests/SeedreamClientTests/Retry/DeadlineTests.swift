import SeedreamClient
import Testing

@Suite("deadline")
struct DeadlineTests {
    private struct Late: Error, Equatable {}

    @Test("returns the value of a body that ends in time")
    func value() async throws {
        let value = try await Deadline(after: 900).enforced(throwing: Late()) { 7 }
        #expect(value == 7)
        #expect(try await Deadline.never.enforced(throwing: Late()) { 8 } == 8)
    }

    @Test("cancels a body that does not end in time, and waits for it to finish")
    func late() async throws {
        let start = ContinuousClock.now
        await #expect(throws: Late()) {
            try await Deadline(after: 0.05).enforced(throwing: Late()) {
                try? await Deadline.sleep(until: .now + .seconds(900))
                #expect(Task.isCancelled)
                try Task.checkCancellation()
            }
        }
        #expect(start.duration(to: .now) >= .milliseconds(50))
    }

    @Test("sleeps at least as long as requested, and not at all until a time that has passed")
    func sleeps() async throws {
        let start = ContinuousClock.now
        try await Deadline.sleep(until: start - .seconds(1))
        try await Deadline.sleep(until: start + .milliseconds(30))
        #expect(start.duration(to: .now) >= .milliseconds(30))
    }

    @Test("limits every timeout to the time left; without a deadline nothing changes")
    func limits() throws {
        #expect(Deadline.never.limit(60) == 60)
        #expect(Deadline.never.limit(nil) == nil)
        #expect(Deadline.never.remaining == nil && !Deadline.never.hasPassed)
        let soon = Deadline(after: 100)
        #expect(soon.limit(60) == 60)
        let left = try #require(soon.limit(nil))
        #expect(left > 90 && left <= 100)
        #expect(try #require(soon.limit(200)) <= 100)
        #expect(!soon.hasPassed)
    }

    @Test("that has passed leaves 0, however long ago", arguments: [0, -5, -.infinity] as [Double])
    func passed(_ seconds: Double) {
        let deadline = Deadline(after: seconds)
        #expect(deadline.hasPassed && deadline.remaining == 0 && deadline.limit(60) == 0)
    }

    @Test("compares with another one: the earlier one applies")
    func sooner() {
        let (near, far) = (Deadline(after: 1), Deadline(after: 1e300))
        #expect(near.sooner(far) == near && far.sooner(near) == near)
        #expect(near.sooner(.never) == near && Deadline.never.sooner(near) == near)
        #expect(Deadline.never.sooner(.never) == .never)
    }
}
