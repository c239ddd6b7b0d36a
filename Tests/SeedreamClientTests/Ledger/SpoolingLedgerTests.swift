#if Client
import Foundation
import SeedreamClient
import Synchronization
import TestSupport
import Testing

@Suite("changes that the ledger cannot record")
struct SpoolingLedgerTests {
    /// A ledger whose disk fills up and later has space again.
    final class FullLedger: JobLedger {
        private let inner = MemoryLedger()
        /// The number of changes to refuse from now on; `nil`: all.
        private let refusals = Mutex<Int?>(0)

        func refuse(_ count: Int?) { refusals.withLock { $0 = count } }

        private func check() throws(LedgerError) {
            let isRefused = refusals.withLock { left in
                guard let count = left else { return true }
                left = max(0, count - 1)
                return count > 0
            }
            if isRefused { throw .cannotWrite(path: "jobs", reason: "No space left on device") }
        }

        func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
            try check()
            try await inner.insert(job, within: budget)
        }
        func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
            async throws(LedgerError) -> JobRecord
        {
            try check()
            return try await inner.update(id, change)
        }
        func job(_ id: String) async throws(LedgerError) -> JobRecord? { try await inner.job(id) }
        func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord] {
            await inner.jobs(in: states, limit: limit)
        }
        func claim(_ id: String) async throws(LedgerError) -> JobRecord? { try await inner.claim(id) }
        func release(_ id: String) async throws(LedgerError) { try await inner.release(id) }

        func join(_ run: RunRecord) async -> RunRecord { await inner.join(run) }
        func runs(limit: Int?) async -> [RunSummary] { await inner.runs(limit: limit) }
        func run(_ id: String) async throws(LedgerError) -> RunRecord? { try await inner.run(id) }
        func summary(of run: String) async -> RunSummary? { await inner.summary(of: run) }
        func jobs(ofRun run: String) async -> [JobRecord] { await inner.jobs(ofRun: run) }
        func prune(before time: Double) async -> Int { await inner.prune(before: time) }
        func expect(_ labels: [String], in run: String) async { await inner.expect(labels, in: run) }
        func row(_ key: String, label: String, in run: String) async -> RowRecord {
            await inner.row(key, label: label, in: run)
        }
        func row(labelled label: String, in run: String) async -> RowRecord? {
            await inner.row(labelled: label, in: run)
        }
        func rows(of run: String, after: Int, limit: Int?) async -> [RowRecord] {
            await inner.rows(of: run, after: after, limit: limit)
        }
        func begin(_ row: RowRecord) async -> Bool { await inner.begin(row) }
        func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?) async {
            await inner.end(row, as: state, failure)
        }
        func jobs(withContent content: String?) async -> [JobRecord] {
            await inner.jobs(withContent: content)
        }
    }

    private static func ledger(_ full: FullLedger, _ folders: String...) -> SpoolingLedger {
        SpoolingLedger(full, folders: folders, pauses: [0.001, 0.001])
    }

    private static let accept: @Sendable (inout JobRecord) -> Void = {
        $0.state = .accepted
        $0.ticket = JobTicket(requestID: "764cabcf", model: $0.model)
    }

    @Test("are retried first, so that a short failure leaves no file")
    func again() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let ledger = Self.ledger(full, folder.file("pending"))
        try await ledger.insert(SampleJob.submitting("job-1"))
        full.refuse(2)
        #expect(try await ledger.update("job-1", Self.accept).state == .accepted)
        #expect(ledger.unrecorded.isEmpty)
        #expect(try await full.job("job-1")?.state == .accepted)
        #expect(!FileManager.default.fileExists(atPath: folder.file("pending")))
    }

    @Test(
        "are kept in a private file, read back as if recorded, and recorded by the next change"
    )
    func kept() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let ledger = Self.ledger(full, folder.file("pending"))
        try await ledger.insert(SampleJob.submitting("job-1"))
        full.refuse(nil)
        #expect(try await ledger.update("job-1", Self.accept).ticket?.requestID == "764cabcf")
        let file = folder.file("pending/job-1.json")
        #expect(ledger.unrecorded.map(\.file) == [file])
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        // The process continues as if the change were recorded.
        #expect(try await ledger.job("764cabcf")?.state == .accepted)
        #expect(try await ledger.jobs(in: [.accepted], limit: nil).map(\.id) == ["job-1"])
        #expect(try await ledger.jobs(in: [.submitting], limit: nil).isEmpty)
        #expect(try await full.job("job-1")?.state == .submitting)
        #expect(try await ledger.update("job-1") { $0.state = .finished }.state == .finished)
        full.refuse(0)
        #expect(try await ledger.update("job-1") { $0.state = .saved }.state == .saved)
        #expect(try await full.job("job-1")?.state == .saved)
        #expect(try await full.job("job-1")?.ticket?.requestID == "764cabcf")
        #expect(ledger.unrecorded.isEmpty && !FileManager.default.fileExists(atPath: file))
    }

    @Test(
        "are recorded by the next process, once",
        arguments: [JobState.accepted, .finished, .saved, .failed, .unknown])
    func nextProcess(_ state: JobState) async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let first = Self.ledger(full, folder.file("pending"))
        try await first.insert(SampleJob.submitting("job-1"))
        full.refuse(nil)
        _ = try await first.update("job-1", Self.accept)
        for step in [JobState.finished, .saved] where [.finished, .saved].contains(state) {
            if step == .saved, state == .finished { break }
            _ = try await first.update("job-1") { $0.state = step }
        }
        if [.failed, .unknown].contains(state) { _ = try await first.update("job-1") { $0.state = state } }
        full.refuse(0)
        let second = Self.ledger(full, folder.file("pending"))
        #expect(try await second.job("job-1")?.state == state)
        #expect(try await full.job("job-1")?.ticket?.requestID == "764cabcf")
        #expect(try folder.names() == ["pending"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("pending")).isEmpty)
    }

    @Test("do not undo what another process has recorded meanwhile")
    func older() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let first = Self.ledger(full, folder.file("pending"))
        try await first.insert(SampleJob.submitting("job-1"))
        full.refuse(nil)
        _ = try await first.update("job-1", Self.accept)
        full.refuse(0)
        for state in [JobState.accepted, .finished, .saved] {
            _ = try await full.update("job-1") { $0.state = state }
        }
        #expect(try await Self.ledger(full, folder.file("pending")).job("job-1")?.state == .saved)
    }

    @Test("are kept in the second folder if the first cannot be created, and in memory if neither can")
    func folders() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let file = try folder.write([0], as: "file")
        let ledger = Self.ledger(full, "\(file)/pending", folder.file("second"))
        let poor = Self.ledger(full, "\(file)/pending")
        try await ledger.insert(SampleJob.submitting("job-1"))
        try await poor.insert(SampleJob.submitting("job-2"))
        full.refuse(nil)
        _ = try await ledger.update("job-1", Self.accept)
        _ = try await poor.update("job-2", Self.accept)
        #expect(ledger.unrecorded.map(\.file) == [folder.file("second/job-1.json")])
        #expect(poor.unrecorded.map(\.file) == [nil])
        #expect(try await poor.job("job-2")?.state == .accepted)
    }

    @Test(
        "a new job is not kept, so nothing is sent before it is in the ledger; nor is a forbidden change"
    )
    func refused() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let ledger = Self.ledger(full, folder.file("pending"))
        full.refuse(nil)
        await #expect(throws: LedgerError.self) { try await ledger.insert(SampleJob.submitting("job-1")) }
        await #expect(throws: LedgerError.self) { try await ledger.update("job-1") { $0.state = .accepted } }
        full.refuse(0)
        try await ledger.insert(SampleJob.submitting("job-2"))
        await #expect(throws: LedgerError.forbiddenTransition(from: .submitting, to: .saved)) {
            try await ledger.update("job-2") { $0.state = .saved }
        }
        #expect(ledger.unrecorded.isEmpty)
    }

    @Test("a damaged file, a link, or another ledger's file is left alone")
    func foreign() async throws {
        let (folder, full) = (try TemporaryFolder(), FullLedger())
        let first = Self.ledger(full, folder.file("pending"))
        try await first.insert(SampleJob.submitting("job-1"))
        full.refuse(nil)
        _ = try await first.update("job-1", Self.accept)
        full.refuse(0)
        let file = folder.file("pending/job-1.json")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try folder.write(text.replacing("\"memory\"", with: "\"/elsewhere\"").utf8, as: "pending/job-1.json")
        try folder.write("{".utf8, as: "pending/broken.json")
        try folder.write(text.utf8, as: "target")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("pending/link.json"), withDestinationPath: folder.file("target"))
        let second = Self.ledger(full, folder.file("pending"))
        #expect(try await second.job("job-1")?.state == .submitting)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("pending")).count == 3)
    }

    @Test("of an SQLite file are kept beside it, and a full disk is survived")
    func sqlite() async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .success) { [path = folder.file("jobs") as String] in
            try await Self.fill(path)
        }
        let again = SpoolingLedger.over(try SQLiteLedger.open(path: folder.file("jobs")))
        let job = try #require(try await again.job("first"))
        #expect(job.state == .accepted && job.ticket?.requestID == "764cabcf")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("jobs.pending")).isEmpty)
    }

    private static func fill(_ path: String) async throws {
        let file = try SQLiteLedger.open(path: path)
        let ledger = SpoolingLedger(file, pauses: [])
        try await ledger.insert(SampleJob.submitting("first"))
        try FileLimit.set(500_000)
        for number in 0..<1000 where (try? await file.insert(SampleJob.submitting("job-\(number)"))) == nil {
            break
        }
        let accepted = try await ledger.update("first", accept)
        #expect(accepted.state == .accepted)
        #expect(ledger.unrecorded.map(\.file) == ["\(path).pending/first.json"])
    }
}
#endif
