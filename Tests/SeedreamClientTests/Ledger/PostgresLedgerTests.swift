#if Postgres
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("the PostgreSQL ledger", .timeLimit(.minutes(5)))
struct PostgresLedgerTests {
    private let server: PostgresServer
    private let database: String
    private let folder: TemporaryFolder
    private var text: String { server.url(database) }

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeDatabase()
        folder = try TemporaryFolder()
    }

    private func open(lease: Double = PostgresLedger.leaseTime, patience: Double = 10) throws
        -> PostgresLedger
    {
        try PostgresLedger.open(
            try #require(DatabaseURL(text)), lease: lease, patience: patience, stateFolder: folder.path)
    }

    private func run(_ sql: String) throws -> String { try server.run(sql, in: database) }

    /// Ends the leases of all processes, as if they had been suspended for long.
    private func expireLeases() throws {
        _ = try run("UPDATE seedream.owner SET expires = clock_timestamp() - interval '1 second'")
    }

    private static func row(_ ledger: any JobLedger, _ key: String = "K#1") async throws -> RowRecord {
        let run = try await ledger.join(
            RunRecord(.init(command: "edit", sources: [], destination: "/out", origin: "o", name: "june"))
        ).id
        return try await ledger.row(key, label: key, in: run)
    }

    private static func job(_ row: RowRecord) -> JobRecord {
        var job = SampleJob.submitting()
        job.row = RowReference(run: row.run, number: row.number, key: row.key ?? "", content: "K")
        return job
    }

    // MARK: Leases

    @Test("gives a row to the next process when the lease has expired, and refuses it to the first")
    func stale() async throws {
        let (first, second) = (try open(), try open())
        let row = try await Self.row(first)
        #expect(try await first.begin(row))
        #expect(try await second.begin(row) == false)
        try expireLeases()
        #expect(try await second.begin(row))
        // The first was suspended meanwhile, and continues just before its POST.
        await #expect(throws: LedgerError.rowTaken(job: "")) { try await first.insert(Self.job(row)) }
        // What it does with the row now changes nothing.
        try await first.end(row, as: .waiting, nil)
        #expect(try await second.row(labelled: "K#1", in: row.run)?.state == .preparing)
        let job = Self.job(row)
        try await second.insert(job)
        await #expect(throws: LedgerError.rowTaken(job: job.id)) { try await first.insert(Self.job(row)) }
        #expect(try await second.jobs(in: nil, limit: nil).map(\.id) == [job.id])
    }

    @Test("refuses a row to a process that was suspended, even if the other one has put it back")
    func putBack() async throws {
        let (first, second) = (try open(), try open())
        let row = try await Self.row(first)
        #expect(try await first.begin(row))
        try expireLeases()
        #expect(try await second.begin(row))
        try await second.end(row, as: .waiting, nil)
        await #expect(throws: LedgerError.rowTaken(job: "")) { try await first.insert(Self.job(row)) }
        #expect(try await first.begin(row))
        try await first.insert(Self.job(row))
    }

    @Test("takes over only rows that were not sent")
    func sent() async throws {
        let (first, second) = (try open(), try open())
        let row = try await Self.row(first)
        #expect(try await first.begin(row))
        let job = Self.job(row)
        try await first.insert(job)
        for state in [JobState.submitting, .accepted, .unknown] {
            _ = try await first.update(job.id) { $0.state = state }
            try expireLeases()
            #expect(try await second.begin(row) == false)
        }
    }

    @Test("records what a former owner learns from the provider")
    func learned() async throws {
        let (first, second) = (try open(), try open())
        let job = SampleJob.submitting()
        try await first.insert(job)
        try expireLeases()
        #expect(try await second.claim(job.id)?.state == .submitting)
        try await second.update(job.id) { $0.state = .unknown }
        let accepted = try await first.update(job.id) {
            $0.state = .accepted
            $0.ticket = JobTicket(requestID: "r", model: "m")
        }
        #expect(accepted.state == .accepted)
        #expect(try await second.job("r")?.id == job.id)
        // It is no longer its owner, and cannot release it.
        try await first.release(job.id)
        #expect(try run("SELECT owner IS NOT NULL, claim FROM seedream.job") == "t|2")
        #expect(try await first.claim(job.id) == nil)
    }

    @Test("keeps a killed process's job until its lease expires, by the server's clock alone")
    func killed() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [text = text as String, folder = folder.path as String] in
            let url = try #require(DatabaseURL(text))
            let ledger = try PostgresLedger.open(url, lease: 300, stateFolder: folder)
            var job = SampleJob.submitting("abcd")
            // The clock of this machine is an hour ahead.
            (job.created, job.updated) = (job.created + 3600, job.updated + 3600)
            try await ledger.insert(job)
            try await ledger.update("abcd") { $0.state = .accepted }
            kill(getpid(), SIGKILL)
            ledger.close()
        }
        let ledger = try open()
        #expect(try await ledger.claim("abcd") == nil)
        _ = try run("UPDATE seedream.owner SET expires = expires - interval '299 seconds'")
        try await eventually("the lease expires") { try await ledger.claim("abcd") != nil }
        #expect(try await ledger.job("abcd")?.state == .accepted)
    }

    @Test("renews its lease while it lives")
    func renewal() async throws {
        let (first, second) = (try open(lease: 4), try open())
        try await first.insert(SampleJob.submitting("abcd"))
        for _ in 0..<6 {
            try await Task.sleep(for: .seconds(1))
            #expect(try await second.claim("abcd") == nil)
        }
        first.close()
        #expect(try await second.claim("abcd") != nil)
    }

    // MARK: Slots and budgets

    @Test("frees a slot after a time by the server's clock, and takes one again for a late result")
    func slotTime() async throws {
        let ledger = try open()
        func left() throws -> Double {
            let query = "SELECT extract(epoch FROM max(slot_until) - clock_timestamp()) FROM seedream.job"
            return try #require(Double(try run(query)))
        }
        var job = SampleJob.submitting()
        job.updated += 1e9
        try await ledger.insert(job, within: nil, slots: 1)
        #expect((3500...3600).contains(try left()))
        try await ledger.update(job.id) { $0.state = .unknown }
        #expect((90...120).contains(try left()))
        // A note in a job of unknown outcome does not extend it.
        _ = try run("UPDATE seedream.job SET slot_until = clock_timestamp()")
        try await ledger.update(job.id) { $0.prompt = "" }
        let other = SampleJob.submitting()
        try await ledger.insert(other, within: nil, slots: 1)
        try await ledger.update(job.id) { $0.state = .accepted }
        try await ledger.update(other.id) { $0.state = .failed }
        await #expect(throws: LedgerError.slotsTaken(limit: 1)) {
            try await ledger.insert(SampleJob.submitting(), within: nil, slots: 1)
        }
    }

    @Test("never exceeds a budget that 8 processes spend at once")
    func budget() async throws {
        let ledgers = try (0..<8).map { _ in try open() }
        let rows = try await withThrowingTaskGroup(of: RowRecord.self) { group in
            for number in 1...48 {
                group.addTask { try await Self.row(ledgers[number % 8], "K\(number)#1") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Two images at 0.03 each.
        let budget = Budget(amount: 0.61, unit: .usDollars)
        let sent = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, row) in rows.enumerated() {
                group.addTask {
                    do {
                        try await ledgers[index % 8].insert(Self.job(row), within: budget)
                        return 1
                    } catch LedgerError.overBudget {
                        return 0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sent == 10)
        #expect(try await ledgers[0].jobs(in: nil, limit: nil).count == 10)
    }

    @Test("inserts one of two jobs that two processes send for one row")
    func oneRow() async throws {
        let ledgers = try (0..<2).map { _ in try open() }
        for number in 0..<10 {
            let row = try await Self.row(ledgers[0], "K\(number)#1")
            let taken = await withTaskGroup(of: Bool.self) { group in
                for ledger in ledgers {
                    group.addTask { (try? await ledger.insert(Self.job(row))) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 1)
        }
    }

    // MARK: Contents

    @Test("keeps texts that are special in SQL, in arrays and in Unicode")
    func texts() async throws {
        let ledger = try open()
        let labels = [
            "'; DROP TABLE seedream.job; --", "a\"b\\c,{d}", "NULL", "", "é🐕\u{202E}", "$1", "%_", "a\nb",
            String(repeating: "long/", count: 2000),
        ]
        let run = try await Self.row(ledger).run
        try await ledger.expect(labels + labels, in: run)
        #expect(try await ledger.rows(of: run, after: 1, limit: nil).map(\.label) == labels)
        for label in labels {
            let row = try await ledger.row("\(label)#1", label: label, in: run)
            #expect(row.label == label && row.key == "\(label)#1")
            var job = Self.job(row)
            (job.prompt, job.destination) = (label, Destination(folder: "/\(label)"))
            try await ledger.insert(job)
            #expect(try await ledger.job(job.id)?.prompt == label)
            #expect(try await ledger.row(labelled: label, in: run)?.job == job.id)
        }
        // PostgreSQL has no texts with a zero byte.
        #expect(try await ledger.job("a\0b") == nil)
        await #expect(throws: LedgerError.self) { try await ledger.expect(["a\0b"], in: run) }
        try await ledger.expect(["after"], in: run)
    }

    @Test("reports a damaged record, and continues with the others")
    func damagedRecord() async throws {
        let ledger = try open()
        try await ledger.insert(SampleJob.submitting("abcd"))
        try await ledger.insert(SampleJob.submitting("efgh"))
        _ = try run("UPDATE seedream.job SET record = '{}' WHERE id = 'abcd'")
        let damaged = LedgerError.damaged(path: ledger.url, reason: "one of its records cannot be decoded")
        await #expect(throws: damaged) { try await ledger.job("abcd") }
        await #expect(throws: damaged) { try await ledger.update("abcd") { _ in } }
        #expect(try await ledger.update("efgh") { $0.state = .accepted }.state == .accepted)
    }

    @Test("sets synchronous_commit in each transaction, whatever the server's default")
    func durable() async throws {
        _ = try run("ALTER DATABASE \(database) SET synchronous_commit = off")
        let ledger = try open()
        // A trigger sees the setting of the transaction that inserts.
        _ = try run(
            """
            CREATE TABLE seen (value text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW;
            END $$;
            CREATE TRIGGER see BEFORE INSERT ON seedream.job FOR EACH ROW EXECUTE FUNCTION see();
            """)
        try await ledger.insert(SampleJob.submitting())
        #expect(try run("SELECT value FROM seen") == "on")
    }
}
#endif
