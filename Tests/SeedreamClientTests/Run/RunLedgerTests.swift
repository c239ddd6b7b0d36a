import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("runs and their rows in a ledger")
struct RunLedgerTests {
    private static func identity(_ folder: String = "/photos") -> RunRecord.Identity {
        .init(command: "edit", sources: [folder], destination: "/out", origin: "https://fal.run:443")
    }

    private static func job(
        _ row: RowRecord, _ key: String? = nil, content: String = "content", price: Double = 0.03
    ) -> JobRecord {
        var job = SampleJob.submitting()
        job.estimate?.amount = price
        job.row = RowReference(
            run: row.run, number: row.number, key: key ?? row.key ?? "", content: content)
        return job
    }

    @Test("a run is identified by command, sources, destination and origin, or by its name alone")
    func identities() {
        let run = RunRecord(Self.identity())
        #expect(run.id.count == 16 && RunRecord(Self.identity()).id == run.id)
        var others = [Self.identity("/other"), Self.identity(), Self.identity(), Self.identity()]
        others[1].command = "batch"
        others[2].destination = "/out2"
        others[3].origin = "http://127.0.0.1:1"
        #expect(Set(others.map { RunRecord($0).id } + [run.id]).count == 5)
        let named = RunRecord.Identity(command: "edit", sources: [], destination: "a", origin: "b", name: "n")
        let same = RunRecord.Identity(command: "x", sources: ["y"], destination: "", origin: "", name: "n")
        #expect(RunRecord(named).id == RunRecord(same).id)
        // The order and repetition of sources do not matter; their boundaries do.
        let order = RunRecord.Identity(command: "e", sources: ["b", "a", "b"], destination: "d", origin: "o")
        #expect(order.sources == ["a", "b"])
        let joined = RunRecord.Identity(command: "e", sources: ["a", "b"], destination: "d", origin: "o")
        let glued = RunRecord.Identity(command: "e", sources: ["ab"], destination: "d", origin: "o")
        #expect(RunRecord(joined).id == RunRecord(order).id && RunRecord(glued).id != RunRecord(order).id)
    }

    @Test(
        "joining a run again keeps its start, and takes the newer command line",
        arguments: LedgerKind.allCases)
    func joining(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let first = try await ledger.join(RunRecord(Self.identity(), arguments: ["a"]))
        var later = RunRecord(Self.identity(), arguments: ["b"])
        later.created += 100
        let second = try await ledger.join(later)
        #expect(second.created == first.created && second.arguments == ["b"])
        #expect(try await ledger.runs(limit: nil).count == 1)
        #expect(try await ledger.run(String(first.id.prefix(4)))?.id == first.id)
        #expect(try await ledger.run("none") == nil)
        let named = try await ledger.join(
            RunRecord(.init(command: "edit", sources: [], destination: "", origin: "", name: "june")))
        #expect(try await ledger.run("june")?.id == named.id)
        #expect(try await ledger.runs(limit: 1).map(\.run.id) == [named.id])
    }

    @Test(
        "a row waits under its label until it has a key, and one key has one row",
        arguments: LedgerKind.allCases)
    func rows(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        try await ledger.expect(["a", "b"], in: run)
        try await ledger.expect(["b", "c"], in: run)
        #expect(try await ledger.rows(of: run, after: 0, limit: nil).map(\.label) == ["a", "b", "c"])
        #expect(try await ledger.rows(of: run, after: 1, limit: 1).map(\.number) == [2])
        let row = try await ledger.row("K#1", label: "b", in: run)
        #expect((row.number, row.key, row.state) == (2, "K#1", .waiting))
        #expect(try await ledger.row("K#1", label: "b", in: run) == row)
        // The same content under another name: the row that waited there goes.
        #expect(try await ledger.row("K#1", label: "c", in: run).number == 2)
        #expect(try await ledger.rows(of: run, after: 0, limit: nil).map(\.label) == ["a", "b"])
        // Other content under a known name is a new row.
        let changed = try await ledger.row("L#1", label: "b", in: run)
        #expect(changed.number != 2)
        #expect(try await ledger.row(labelled: "b", in: run) == changed)
        #expect(try await ledger.row(labelled: "none", in: run) == nil)
    }

    @Test(
        "a row is sent once: a second job for it is refused until the first has failed",
        arguments: LedgerKind.allCases)
    func once(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        let row = try await ledger.row("K#1", label: "a", in: run)
        #expect(try await ledger.begin(row))
        let job = Self.job(row)
        try await ledger.insert(job, within: nil)
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .submitting)
        #expect(try await ledger.row(labelled: "a", in: run)?.job == job.id)
        #expect(try await ledger.begin(row) == false)
        await #expect(throws: LedgerError.rowTaken(job: job.id)) {
            try await ledger.insert(Self.job(row), within: nil)
        }
        for state in [JobState.unknown, .accepted, .finished, .saved] {
            try await ledger.update(job.id) { $0.state = state }
            await #expect(throws: LedgerError.rowTaken(job: job.id)) {
                try await ledger.insert(Self.job(row), within: nil)
            }
            #expect(try await ledger.row(labelled: "a", in: run)?.state == RowState(state))
        }
        // A separate key for a second purchase.
        try await ledger.insert(Self.job(row, "K#1/2"), within: nil)
        let other = try await ledger.row("M#1", label: "m", in: run)
        let failing = Self.job(other)
        try await ledger.insert(failing, within: nil)
        try await ledger.update(failing.id) { $0.state = .failed }
        #expect(try await ledger.begin(other))
        try await ledger.insert(Self.job(other), within: nil)
        #expect(try await ledger.jobs(withContent: "content").count == 4)
    }

    @Test("an unsent row waits again, or states why it failed", arguments: LedgerKind.allCases)
    func ending(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        let row = try await ledger.row("K#1", label: "a", in: run)
        let failure = RowRecord.Failure(code: "corrupt-image", message: "m", hint: "h")
        try await ledger.end(row, as: .failed, failure)
        let failed = try await ledger.row(labelled: "a", in: run)
        #expect(failed?.state == .failed && failed?.failure == failure)
        #expect(try await ledger.begin(row))
        #expect(try await ledger.row(labelled: "a", in: run)?.failure == nil)
        try await ledger.end(row, as: .waiting, nil)
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .waiting)
        // A row that may have been accepted stays; a refused one is released.
        let job = Self.job(row)
        try await ledger.insert(job, within: nil)
        try await ledger.end(row, as: .waiting, nil)
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .submitting)
        try await ledger.update(job.id) { $0.state = .failed }
        try await ledger.end(row, as: .waiting, nil)
        #expect(try await ledger.row(labelled: "a", in: run)?.state == .waiting)
        #expect(try await ledger.job(job.id)?.state == .failed)
    }

    @Test("a budget counts all jobs of a run except those that failed", arguments: LedgerKind.allCases)
    func budget(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        let budget = Budget(amount: 0.13, unit: .usDollars)
        var jobs: [JobRecord] = []
        for number in 1...2 {
            // Two images at 0.03 each.
            let row = try await ledger.row("K#\(number)", label: "\(number)", in: run)
            jobs.append(Self.job(row))
            try await ledger.insert(jobs[number - 1], within: budget)
        }
        let third = Self.job(try await ledger.row("K#3", label: "3", in: run))
        let error = await #expect(throws: LedgerError.self) { try await ledger.insert(third, within: budget) }
        guard case .overBudget(let spent, let worst, budget)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(abs(spent - 0.12) < 1e-9 && abs(worst - 0.06) < 1e-9)
        #expect(try await ledger.job(third.id) == nil)
        #expect(try await ledger.row(labelled: "3", in: run)?.state == .waiting)
        #expect(abs((try await ledger.summary(of: run)?.cost[.usDollars] ?? 0) - 0.12) < 1e-9)
        try await ledger.update(jobs[0].id) { $0.state = .failed }
        try await ledger.insert(third, within: budget)
        let rows = try await ledger.summary(of: run)?.rows
        #expect(rows == [.submitting: 2, .failed: 1])
    }

    @Test("an unknown outcome is settled after a look at the account", arguments: LedgerKind.allCases)
    func settling(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        for (settlement, state) in [(JobRecord.Settlement.notBought, RowState.waiting), (.bought, .unknown)] {
            let row = try await ledger.row("K\(state)#1", label: "\(state)", in: run)
            let job = Self.job(row)
            try await ledger.insert(job, within: nil)
            try await ledger.update(job.id) { $0.state = .unknown }
            #expect(try await ledger.settle(job.id, as: settlement).settlement == settlement)
            #expect(try await ledger.row(labelled: "\(state)", in: run)?.state == state)
        }
        let saved = SampleJob.finished([], in: "/out")
        try await ledger.insert(saved)
        await #expect(throws: LedgerError.forbiddenTransition(from: .finished, to: .failed)) {
            try await ledger.settle(saved.id, as: .notBought)
        }
    }

    @Test(
        "pruning forgets prompts and paths of finished jobs, and keeps their keys",
        arguments: LedgerKind.allCases)
    func pruning(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        var ids: [JobState: String] = [:]
        for state in [JobState.saved, .failed, .unknown, .accepted] {
            let row = try await ledger.row("K\(state)#1", label: "/secret/\(state).jpg", in: run)
            var job = Self.job(row)
            (job.prompt, job.destination) = ("secret words", Destination(folder: "/secret"))
            job.inputs = [InputProvenance(index: 0, name: "/secret/a.jpg")]
            ids[state] = job.id
            try await ledger.insert(job, within: nil)
            try await ledger.update(job.id) { job in
                if state == .saved { job.state = .finished }
            }
            try await ledger.update(job.id) { job in
                job.state = state
                job.files = [
                    SavedFile(
                        index: 0, path: "/secret/a.png", sha256: "d", byteCount: 1, mediaType: "image/png")
                ]
            }
        }
        #expect(try await ledger.prune(before: 0) == 0)
        #expect(try await ledger.prune(before: Date.now.timeIntervalSince1970 + 60) == 2)
        for (state, id) in ids {
            let job = try #require(try await ledger.job(id))
            let text = String(decoding: try JSONEncoder().encode(job), as: UTF8.self)
            #expect(text.contains("secret") == [.unknown, .accepted].contains(state), "\(state): \(text)")
            #expect(job.row?.key == "K\(state)#1" && job.state == state)
            #expect(try await ledger.row("K\(state)#1", label: "x", in: run).job == id)
        }
        #expect(try await ledger.prune(before: Date.now.timeIntervalSince1970 + 60) == 0)
    }

    @Test(
        "pruning forgets a run's command line and folder once none of its rows is left to do",
        arguments: LedgerKind.allCases)
    func pruningRuns(_ kind: LedgerKind) async throws {
        let folder = try TemporaryFolder()
        let ledger = try kind.make(in: folder)
        let identity = RunRecord.Identity(
            command: "edit", sources: ["/secret"], destination: "/secret/out", origin: "here")
        let record = RunRecord(identity, arguments: ["edit", "secret words"], folder: "/secret")
        let run = try await ledger.join(record).id
        try await ledger.expect(["/secret/a.jpg", "/secret/b.jpg"], in: run)
        let later = Date.now.timeIntervalSince1970 + 60
        for label in ["/secret/a.jpg", "/secret/b.jpg"] {
            _ = try await ledger.prune(before: later)
            #expect(try await ledger.run(run)?.arguments == record.arguments, "one of its rows waits")
            let row = try #require(try await ledger.row(labelled: label, in: run))
            try await ledger.end(row, as: .failed, .init(code: "a", message: "secret"))
        }
        _ = try await ledger.prune(before: 0)
        #expect(try await ledger.run(run)?.folder == "/secret", "it is younger")
        _ = try await ledger.prune(before: later)
        let pruned = try #require(try await ledger.run(run))
        let rows = try await ledger.rows(of: run, after: 0, limit: nil)
        let texts = [try JSONEncoder().encode(pruned), try JSONEncoder().encode(rows)]
        #expect(texts.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("secret") })
        #expect(rows.map(\.state) == [.failed, .failed])
        // The same command joins it again.
        #expect(try await ledger.join(RunRecord(identity)).id == run)
    }

    #if Client
    @Test("a ledger of version 0.1.0 opens, keeps its jobs, and accepts runs")
    func migration() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs.sqlite")
        let old = SampleJob.submitting("aaaaaaaa-0000")
        let record = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
        let database = try TestDatabase.open(path)
        try database.runAll(
            """
            PRAGMA application_id = 1396986445;
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('v1');
            CREATE TABLE job (
                id TEXT NOT NULL PRIMARY KEY, created REAL NOT NULL, updated REAL NOT NULL,
                provider TEXT NOT NULL, state TEXT NOT NULL, request_id TEXT, owner TEXT,
                record TEXT NOT NULL
            );
            CREATE INDEX job_created ON job (created);
            CREATE INDEX job_state ON job (state, created);
            CREATE INDEX job_request ON job (request_id) WHERE request_id IS NOT NULL;
            PRAGMA user_version = 1;
            """)
        try database.run(
            "INSERT INTO job VALUES (?, ?, ?, 'fal', 'submitting', NULL, NULL, ?)",
            [old.id, old.created, old.updated, record])
        database.close()
        #expect(chmod(path, 0o600) == 0)
        let ledger = try SQLiteLedger.open(path: path)
        #expect(try await ledger.job(old.id) == old)
        #expect(try await ledger.update(old.id) { $0.state = .unknown }.row == nil)
        let run = try await ledger.join(RunRecord(Self.identity())).id
        let row = try await ledger.row("K#1", label: "a", in: run)
        try await ledger.insert(Self.job(row), within: nil)
        #expect(try await ledger.jobs(in: nil, limit: nil).count == 2)
    }

    @Test("two processes begin a row once, and a dead process's row can be begun")
    func owners() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs.sqlite")
        let (one, two) = (try SQLiteLedger.open(path: path), try SQLiteLedger.open(path: path))
        let run = try await one.join(RunRecord(Self.identity())).id
        let row = try await one.row("K#1", label: "a", in: run)
        #expect(try await one.begin(row))
        #expect(try await two.begin(row) == false)
        one.close()
        #expect(try await two.begin(row))
    }
    #endif
}
