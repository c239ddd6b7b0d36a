#if Client
import Foundation
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("a ledger of 100,000 jobs")
struct LargeLedgerTests {
    private static let runs = 40
    private static let rowsOfRun = 2500

    /// Writes a ledger in the previous version's form, with a job for each row: every hundredth is
    /// open, unknown or failed.
    private static func fill(_ path: String) throws {
        try SQLiteLedger.open(path: path).close()
        var job = SampleJob.submitting("ID")
        job.state = .saved
        job.row = RowReference(run: "RUN", number: 1, key: "KEY", content: "CONTENT")
        let record = String(decoding: try JSONEncoder().encode(job), as: UTF8.self)
        let database = try TestDatabase.open(path)
        defer { database.close() }
        try database.transaction { database in
            for run in 0..<runs {
                var record = RunRecord(
                    .init(command: "edit", sources: ["/\(run)"], destination: "/out", origin: "o"))
                record.updated = Double(run)
                try database.run(
                    "INSERT INTO run (id, updated, record) VALUES (?, ?, ?)",
                    [
                        record.id, record.updated,
                        String(decoding: try JSONEncoder().encode(record), as: UTF8.self),
                    ])
            }
            try database.run(
                """
                CREATE TEMP TABLE row_of AS
                WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < ?1 - 1)
                SELECT n, n % ?2 + 1 AS number, printf('%08x-job', n) AS job,
                    (SELECT id FROM run WHERE updated = n / ?2) AS run,
                    CASE WHEN n % 100 > 2 THEN 'saved'
                        ELSE substr('accepted unknown  failed   ', n % 100 * 9 + 1, 9) END AS state
                FROM counted
                """, [runs * rowsOfRun, rowsOfRun])
            try database.run(
                """
                INSERT INTO job (id, created, updated, provider, state, record, run, row_key, cost, unit)
                SELECT job, n, n, 'fal', trim(state), replace(?, '"ID"', '"' || job || '"'), run,
                    'k' || number, 0.03, 'USD'
                FROM row_of
                """, [record])
            try database.run(
                """
                INSERT INTO row (run, number, label, row_key, state, job)
                SELECT run, number, '/photos/' || n || '.jpg', 'k' || number, 'submitting', job FROM row_of
                """)
        }
        // Back to version 2.
        for index in ["row_stem", "row_job", "run_updated", "job_id_state", "job_cost"] {
            try database.run("DROP INDEX \(index)")
        }
        try database.runAll(
            """
            ALTER TABLE row DROP COLUMN stem; DROP TABLE name; PRAGMA user_version = 2;
            DELETE FROM grdb_migrations WHERE identifier = 'v3';
            """)
    }

    /// Returns SQLite's query plan: each step in words.
    private static func plan(_ sql: String, _ path: String, _ values: [(any SQLiteValue)?] = [])
        throws -> [String]
    {
        let database = try TestDatabase.open(path)
        return try database.run("EXPLAIN QUERY PLAN \(sql)", values).map { try $0.text("detail") }
    }

    @Test("of version 2 opens, and lists jobs and runs from indices alone")
    func lists() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("jobs.sqlite")
        try Self.fill(path)
        let ledger = try SQLiteLedger.open(path: path)

        // `jobs`: at most 20 records are read, the newest.
        let newest = try await ledger.jobs(in: nil, limit: 20)
        #expect(newest.map(\.id) == (0..<20).map { String(format: "%08x-job", 99_999 - $0) })
        let all = try Self.plan(SQLiteLedger.newest(in: nil, limit: 20), path)
        #expect(all == ["SCAN job USING INDEX job_created"])

        // `jobs --state`, `resume`: the requested number of each state.
        let unknown = try await ledger.jobs(in: [.unknown, .accepted], limit: 3)
        #expect(unknown.map(\.id) == [99_901, 99_900, 99_801].map { String(format: "%08x-job", $0) })
        let open = Set(JobState.allCases.filter { !$0.isFinal })
        #expect(try await ledger.jobs(in: open, limit: nil).count == 1000)
        for steps in try [
            Self.plan(SQLiteLedger.newest(in: open, limit: -1), path),
            Self.plan(SQLiteLedger.newest(in: [.saved], limit: 20), path),
        ] {
            let onJobs = steps.filter { $0.contains(" job ") }
            #expect(
                onJobs.allSatisfy {
                    $0 == "SEARCH job USING COVERING INDEX job_state (state=?)"
                        || $0 == "SEARCH job USING INTEGER PRIMARY KEY (rowid=?)"
                } && onJobs.count > 1, "\(steps)")
        }

        // `runs`: counts and costs without reading a record.
        let summaries = try await ledger.runs(limit: 20)
        #expect(summaries.map { Int($0.run.updated) } == (20..<40).reversed())
        #expect(
            summaries.allSatisfy {
                $0.rows == [.saved: 2425, .accepted: 25, .unknown: 25, .failed: 25]
                    && abs(($0.cost[.usDollars] ?? 0) - 75) < 1e-6
            })
        #expect(
            try Self.plan(SQLiteLedger.newestRuns, path, [20]) == ["SCAN run USING INDEX run_updated"])
        let states = try Self.plan(SQLiteLedger.statesOfRows(isIndexed: true), path, ["r"])
        #expect(states.contains("SEARCH row USING PRIMARY KEY (run=?)"), "\(states)")
        #expect(
            states.contains { $0.hasPrefix("SEARCH job USING COVERING INDEX job_id_state (id=?)") },
            "\(states)")
        let costs = try Self.plan(SQLiteLedger.costsOfRun, path, ["r"])
        #expect(costs == ["SEARCH job USING COVERING INDEX job_cost (run=?)"])
    }
}
#endif
