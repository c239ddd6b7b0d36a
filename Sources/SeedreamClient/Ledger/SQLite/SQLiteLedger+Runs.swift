#if Client
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteLedger {
    /// Starts a run, or joins the run with the same ID.
    public func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord {
        try await transaction { database in
            let text = try database.text("SELECT record FROM run WHERE id = ?", [run.id])
            var joined = run
            if let text { joined.created = try Self.run(text).created }
            let record = String(decoding: try JSONEncoder().encode(joined), as: UTF8.self)
            try database.run(
                """
                INSERT INTO run (id, name, updated, record) VALUES (?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, record = excluded.record
                """,
                [joined.id, joined.identity.name, joined.updated, record])
            return joined
        }
    }

    /// Returns all runs, most recently joined first.
    public func runs(limit: Int?) async throws(LedgerError) -> [RunSummary] {
        try await perform { database in
            guard try database.has("run") else { return [] }
            let texts = try database.texts(
                Self.newestRuns, [limit.map { max(0, $0) } ?? -1])
            return try texts.map { try Self.summary(of: try Self.run($0), database) }
        }
    }

    /// Returns a run and the number of its rows in each state.
    public func summary(of run: String) async throws(LedgerError) -> RunSummary? {
        try await perform { database in
            guard try database.has("run") else { return nil }
            let text = try database.text("SELECT record FROM run WHERE id = ?", [run])
            return try text.map { try Self.summary(of: try Self.run($0), database) }
        }
    }

    /// The query for the number of a run's rows in each state. It reads no job record: the states
    /// are in an index, which SQLite would otherwise ignore in favor of the one on IDs. Read-only
    /// ledgers of earlier versions lack that index.
    package static func statesOfRows(isIndexed: Bool) -> String {
        """
        SELECT coalesce(job.state, row.state) AS state, count(*) AS rows
        FROM row LEFT JOIN job \(isIndexed ? "INDEXED BY job_id_state" : "") ON job.id = row.job
        WHERE row.run = ? GROUP BY 1
        """
    }
    /// The query for the worst-case cost of a run by unit, answered from an index alone.
    package static let costsOfRun = "SELECT unit, total(cost) AS cost FROM job WHERE run = ? GROUP BY unit"
    /// The query for the runs, most recently joined first.
    package static let newestRuns = "SELECT record FROM run ORDER BY updated DESC LIMIT ?"

    private static func summary(of run: RunRecord, _ database: SQLiteConnection) throws -> RunSummary {
        var summary = RunSummary(run: run, rows: [:])
        let isIndexed = try database.has("job_id_state")
        let states = try database.run(
            statesOfRows(isIndexed: isIndexed), [run.id])
        for row in states {
            if let state = RowState(rawValue: try row.text("state")) {
                summary.rows[state] = try row.integer("rows")
            }
        }
        let costs = try database.run(costsOfRun, [run.id])
        for row in costs {
            if let unit = try row.optional("unit").flatMap(Price.Unit.init(rawValue:)) {
                summary.cost[unit] = try row.number("cost")
            }
        }
        return summary
    }

    /// Removes prompts and paths from jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) async throws(LedgerError) -> Int {
        let now = JobRecord.now
        return try await transaction { database in
            var pruned: [JobRecord] = []
            try database.forEachRow(
                of: """
                    SELECT record FROM job
                    WHERE updated < ? AND state IN ('saved', 'failed', 'cancelled')
                    """, [time]
            ) { row in
                if let job = try Self.record(row.text("record")).pruned(at: now) { pruned.append(job) }
            }
            for job in pruned {
                try database.run(
                    "UPDATE job SET record = ?, request_id = NULL WHERE id = ?",
                    [try Self.text(of: job), job.id])
                try database.run("UPDATE row SET label = '', stem = NULL WHERE job = ?", [job.id])
                try Self.forgetNames(of: job.id, database)
            }
            try Self.pruneRuns(before: time, database)
            return pruned.count
        }
    }

    /// Removes the origin of runs whose rows have all ended, and the labels and failures of their
    /// rows that were never sent.
    private static func pruneRuns(before time: Double, _ database: SQLiteConnection) throws {
        let texts = try database.texts(
            """
            SELECT record FROM run WHERE updated < ? AND NOT EXISTS (
                SELECT 1 FROM row WHERE row.run = run.id
                AND state NOT IN ('saved', 'failed', 'cancelled', 'skipped'))
            """, [time])
        for text in texts {
            let run = try run(text).pruned
            try database.run(
                "UPDATE run SET record = ? WHERE id = ?",
                [String(decoding: try JSONEncoder().encode(run), as: UTF8.self), run.id])
            try database.run(
                "UPDATE row SET label = '', failure = NULL WHERE run = ? AND job IS NULL", [run.id])
        }
    }

    /// Returns the run with this ID or name, or the only one whose ID begins with this text of at
    /// least 4 characters.
    public func run(_ id: String) async throws(LedgerError) -> RunRecord? {
        try await perform { database in
            guard try database.has("run") else { return nil }
            let column = "SELECT record FROM run WHERE"
            var texts = try database.texts("\(column) id = ? OR name = ?", [id.lowercased(), id])
            if texts.isEmpty, id.count >= 4 {
                let start = id.lowercased()
                texts = try database.texts("\(column) id >= ? AND id < ?", [start, start + "\u{10FFFF}"])
            }
            guard texts.count <= 1 else { throw LedgerError.ambiguous(id, count: texts.count) }
            return try texts.first.map(Self.run)
        }
    }

    private static func run(_ text: String) throws -> RunRecord {
        try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    }
}
#endif
