import SeedreamClient
import Testing

@Suite("Deadline")
struct DeadlineTests {
    private struct Late: Error, Equatable {}

    @Test("returns the value of a body that ends in time")
    func value() async throws {
        let value = try await Deadline(after: 900).enforced(throwing: Late()) { 7 }
        #expect(value == 7)
        #expect(try await Deadline.never.enforced(throwing: Late()) { 8 } == 8)
    }

    @Test("cancels a body that does not end in time, and waits for its answer to that")
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

    @Test("sleeps no shorter than asked, and not at all until a time that has passed")
    func sleeps() async throws {
        let start = ContinuousClock.now
        try await Deadline.sleep(until: start - .seconds(1))
        try await Deadline.sleep(until: start + .milliseconds(30))
        #expect(start.duration(to: .now) >= .milliseconds(30))
    }

    @Test("takes the sooner of two, and the shorter of a timeout and the time left")
    func limits() {
        let (soon, late) = (Deadline(after: 10), Deadline(after: 1000))
        #expect(soon.sooner(late) == soon)
        #expect(late.sooner(soon) == soon)
        #expect(Deadline.never.sooner(late) == late)
        #expect(late.sooner(.never) == late)
        #expect(late.limit(3) == 3)
        #expect((soon.limit(3000) ?? 3000) <= 10)
        #expect(Deadline.never.limit(nil) == nil)
        #expect(Deadline(after: -1).hasPassed)
    }
}
