import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// The behaviour of every ledger that several processes open.
@Suite("a shared ledger")
struct SharedLedgerTests {
    /// Adds a writer's note to a record.
    private static func note(_ number: Int, in job: inout JobRecord) {
        job.files.append(
            SavedFile(index: number, path: "/\(number)", sha256: "", byteCount: 0, mediaType: "image/png"))
    }

    @Test("is opened by many at the same moment, even before it exists", arguments: LedgerKind.shared)
    func opening(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try await withThrowingTaskGroup { group in
            for _ in 0..<8 { group.addTask { try place.open() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (number, ledger) in ledgers.enumerated() {
            try await ledger.insert(SampleJob.submitting("job-\(number)"))
        }
        #expect(try await ledgers[0].jobs(in: nil, limit: nil).count == 8)
        #expect(Set(ledgers.map(\.identity)).count == 1)
        #expect(Set(ledgers.map(\.spoolFolder)).count == 8)
    }

    @Test("refuses every call once it is closed", arguments: LedgerKind.shared)
    func closed(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.makeShared(in: folder).open()
        ledger.close()
        ledger.close()
        await #expect(throws: LedgerError.self) { try await ledger.insert(SampleJob.submitting()) }
        await #expect(throws: LedgerError.self) { try await ledger.jobs(in: nil, limit: nil) }
    }

    @Test("is not created by a command that only reads", arguments: LedgerKind.shared)
    func absent(_ kind: LedgerKind) throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        for access in [LedgerAccess.existing, .reading, .viewing] {
            let error = #expect(throws: LedgerError.self) { try place.open(access) }
            guard case .absent = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        try place.open().close()
        for access in [LedgerAccess.existing, .reading, .viewing] { try place.open(access).close() }
    }

    // MARK: Several at once

    @Test(
        "loses none of 100 updates that two instances make at the same time", arguments: LedgerKind.shared)
    func contention(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try [0, 1].map { _ in try place.open() }
        let job = SampleJob.submitting()
        try await ledgers[0].insert(job)
        try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    _ = try await ledgers[number % 2].update(job.id) { Self.note(number, in: &$0) }
                }
            }
            try await group.waitForAll()
        }
        for ledger in ledgers {
            let kept = try #require(try await ledger.job(job.id))
            #expect(kept.files.map(\.index).sorted() == Array(0..<100))
        }
    }

    @Test(
        "loses none of the updates that two processes make at the same time", arguments: LedgerKind.shared)
    func processes(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledger = try place.open()
        try await ledger.insert(SampleJob.submitting("abcd"))
        async let other = #expect(processExitsWith: .success) {
            [text = place.text as String, state = place.state as String] in
            let ledger = try SharedLedger(text: text, state: state).open()
            for number in 0..<50 { try await ledger.update("abcd") { Self.note(number, in: &$0) } }
            ledger.close()
        }
        // There is no contention until the other process has begun.
        try await eventually("the other process updates the job") {
            try await ledger.job("abcd")?.files.isEmpty == false
        }
        for number in 50..<100 { try await ledger.update("abcd") { Self.note(number, in: &$0) } }
        _ = await other
        #expect(try await ledger.job("abcd")?.files.map(\.index).sorted() == Array(0..<100))
    }

    @Test("numbers the rows of a run once, for all who record them at once", arguments: LedgerKind.shared)
    func rows(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try (0..<4).map { _ in try place.open() }
        let record = RunRecord(
            .init(command: "edit", sources: [], destination: "/out", origin: "o", name: "june"))
        let labels = (0..<25).map { "row \($0)" }
        try await withThrowingTaskGroup { group in
            for ledger in ledgers {
                group.addTask {
                    let run = try await ledger.join(record).id
                    try await ledger.expect(labels, in: run)
                    for label in labels { _ = try await ledger.row("\(label)#1", label: label, in: run) }
                }
            }
            try await group.waitForAll()
        }
        let rows = try await ledgers[0].rows(of: record.id, after: 0, limit: nil)
        #expect(rows.map(\.number) == Array(1...25))
        #expect(Set(rows.map(\.key)).count == 25)
    }

    // MARK: Owners

    @Test(
        "gives a job to no one else while its owner lives and has not released it",
        arguments: LedgerKind.shared)
    func claiming(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let (first, second) = (try place.open(), try place.open())
        try await first.insert(SampleJob.submitting("abcd"))
        #expect(try await second.claim("abcd") == nil)
        #expect(try await first.claim("abcd")?.id == "abcd")
        // Only the owner can release it.
        try await second.release("abcd")
        #expect(try await second.claim("abcd") == nil)
        try await first.release("abcd")
        #expect(try await second.claim("abcd")?.id == "abcd")
        #expect(try await first.claim("abcd") == nil)
        second.close()
        #expect(try await first.claim("abcd")?.id == "abcd")
    }

    @Test(
        "gives a job without an owner to only one of many that claim it at the same moment",
        arguments: LedgerKind.shared)
    func race(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try (0..<6).map { _ in try place.open() }
        try await ledgers[0].insert(SampleJob.submitting("abcd"))
        try await ledgers[0].release("abcd")
        let winners = try await withThrowingTaskGroup { group in
            for ledger in ledgers { group.addTask { try await ledger.claim("abcd") != nil } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
    }

    @Test("gives a row to only one of many that begin it at the same moment", arguments: LedgerKind.shared)
    func rowRace(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let place = try kind.makeShared(in: folder)
        let ledgers = try (0..<6).map { _ in try place.open() }
        let run = try await ledgers[0].join(
            RunRecord(.init(command: "edit", sources: [], destination: "/out", origin: "o", name: "n"))
        ).id
        let row = try await ledgers[0].row("K#1", label: "a", in: run)
        let winners = try await withThrowingTaskGroup { group in
            for ledger in ledgers { group.addTask { try await ledger.begin(row) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(winners == 1)
        ledgers.forEach { $0.close() }
        // The one that had begun it is gone.
        #expect(try await place.open().begin(row))
    }
}
