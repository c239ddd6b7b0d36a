import SeedreamClient
import Testing

@Suite("A deadline")
struct DeadlineTests {
    @Test("bounds every time-out by what is left, and without one changes nothing")
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

    @Test("that has passed leaves nothing, however long ago", arguments: [0, -5, -.infinity] as [Double])
    func passed(_ seconds: Double) {
        let deadline = Deadline(after: seconds)
        #expect(deadline.hasPassed && deadline.remaining == 0 && deadline.limit(60) == 0)
    }

    @Test("is compared with another one: the sooner holds")
    func sooner() {
        let (near, far) = (Deadline(after: 1), Deadline(after: 1e300))
        #expect(near.sooner(far) == near && far.sooner(near) == near)
        #expect(near.sooner(.never) == near && Deadline.never.sooner(near) == near)
        #expect(Deadline.never.sooner(.never) == .never)
    }
}
