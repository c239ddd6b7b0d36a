import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("slots for an account's requests in flight")
struct SlotTests {
    private static func job(_ account: String? = "a", row: RowReference? = nil) -> JobRecord {
        var job = SampleJob.submitting(created: Date.now.timeIntervalSince1970)
        (job.account, job.row) = (account, row)
        return job
    }

    @Test("are taken until the provider reports the end", arguments: LedgerKind.allCases)
    func taken(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let jobs = [Self.job(), Self.job()]
        for job in jobs { try await ledger.insert(job, within: nil, slots: 2) }
        let third = Self.job()
        await #expect(throws: LedgerError.slotsTaken(limit: 2)) {
            try await ledger.insert(third, within: nil, slots: 2)
        }
        #expect(try await ledger.job(third.id) == nil)
        // An accepted job runs on at the provider.
        try await ledger.update(jobs[0].id) { $0.state = .accepted }
        try await ledger.release(jobs[0].id)
        await #expect(throws: LedgerError.self) { try await ledger.insert(third, within: nil, slots: 2) }
        try await ledger.update(jobs[0].id) { $0.state = .finished }
        try await ledger.insert(third, within: nil, slots: 2)
        // A job of unknown outcome may run too.
        try await ledger.update(jobs[1].id) { $0.state = .unknown }
        let fourth = Self.job()
        await #expect(throws: LedgerError.self) { try await ledger.insert(fourth, within: nil, slots: 2) }
        _ = try await ledger.settle(jobs[1].id, as: .notBought)
        try await ledger.insert(fourth, within: nil, slots: 2)
        // A job without a limit takes a slot as well.
        try await ledger.insert(Self.job())
        await #expect(throws: LedgerError.slotsTaken(limit: 3)) {
            try await ledger.insert(Self.job(), within: nil, slots: 3)
        }
        try await ledger.insert(Self.job(), within: nil, slots: 4)
    }

    @Test("are counted for each account", arguments: LedgerKind.allCases)
    func accounts(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        var elsewhere = Self.job(nil)
        elsewhere.baseURL = "http://127.0.0.1:1"
        var other = Self.job(nil)
        other.provider = .ark
        for job in [Self.job("a"), Self.job("b"), Self.job(nil), elsewhere, other] {
            try await ledger.insert(job, within: nil, slots: 1)
        }
        for account in ["a", "b", nil] {
            await #expect(throws: LedgerError.slotsTaken(limit: 1)) {
                try await ledger.insert(Self.job(account), within: nil, slots: 1)
            }
        }
        let digest = JobSlot.account(.fal, baseURL: nil, key: "key")
        #expect(digest.count == 32 && !digest.contains("key"))
        #expect(digest != JobSlot.account(.fal, baseURL: nil, key: "key2"))
        #expect(digest != JobSlot.account(.ark, baseURL: nil, key: "key"))
    }

    @Test("leave the row of a refused job as it was", arguments: LedgerKind.allCases)
    func rows(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(
            RunRecord(.init(command: "edit", sources: [], destination: "/out", origin: "o", name: "n"))
        ).id
        try await ledger.insert(Self.job(), within: nil, slots: 1)
        let row = try await ledger.row("K#1", label: "a", in: run)
        #expect(try await ledger.begin(row))
        let job = Self.job(row: RowReference(run: run, number: row.number, key: "K#1", content: "K"))
        await #expect(throws: LedgerError.slotsTaken(limit: 1)) {
            try await ledger.insert(job, within: nil, slots: 1)
        }
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .preparing)
        // The same claim is still good for the next attempt.
        try await ledger.insert(job, within: nil, slots: 2)
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .submitting)
    }

    @Test("are never over the limit with 20 processes at once", arguments: LedgerKind.shared)
    func crowd(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try (0..<20).map { _ in try place.open() }
        let flight = Flight()
        try await withThrowingTaskGroup { group in
            for ledger in ledgers {
                group.addTask {
                    for _ in 0..<5 {
                        let job = Self.job()
                        while true {
                            do {
                                try await ledger.insert(job, within: nil, slots: 5)
                                break
                            } catch LedgerError.slotsTaken {
                                try await Task.sleep(for: .milliseconds(5))
                            }
                        }
                        await flight.begin()
                        try await ledger.update(job.id) { $0.state = .accepted }
                        await flight.end()
                        try await ledger.update(job.id) { $0.state = .finished }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await flight.most <= 5)
        #expect(await flight.count == 100)
    }

    /// Counts what is in flight, as a provider does.
    private actor Flight {
        private var current = 0
        private(set) var most = 0
        private(set) var count = 0

        func begin() {
            (current, count) = (current + 1, count + 1)
            most = max(most, current)
        }
        func end() { current -= 1 }
    }
}
