#if Postgres
import SeedreamModel

extension PostgresLedger {
    /// Starts a run, or joins the run with the same ID.
    public func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord {
        try await write { transaction in
            try transaction.lock(["run \(run.id)"])
            let row = try transaction.run("SELECT record FROM seedream.run WHERE id = $1", [run.id]).first
            var joined = run
            if let row { joined.created = try Self.value(RunRecord.self, row).created }
            try transaction.run(
                """
                INSERT INTO seedream.run (id, name, updated, joined, record)
                VALUES ($1, $2, $3, clock_timestamp(), $4)
                ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, joined = excluded.joined,
                    record = excluded.record
                """, [joined.id, joined.identity.name, joined.updated, try Self.text(of: joined)])
            return joined
        }
    }

    /// Returns all runs, most recently joined first.
    public func runs(limit: Int?) async throws(LedgerError) -> [RunSummary] {
        let limit = limit.map { max(0, $0) }
        return try await read { transaction in
            try Self.summaries(
                transaction.run(
                    "SELECT record FROM seedream.run ORDER BY joined DESC LIMIT $1::bigint", [limit]),
                transaction)
        }
    }

    /// Returns a run and the number of its rows in each state.
    public func summary(of run: String) async throws(LedgerError) -> RunSummary? {
        try await read { transaction in
            try Self.summaries(
                transaction.run("SELECT record FROM seedream.run WHERE id = $1", [run]), transaction
            ).first
        }
    }

    private static func summaries(_ rows: PostgresRows, _ transaction: PostgresTransaction) throws
        -> [RunSummary]
    {
        let runs = try rows.rows.map { try value(RunRecord.self, $0) }
        let ids = runs.map(\.id)
        var states: [String: [RowState: Int]] = [:]
        let counts = try transaction.run(
            """
            SELECT item.run, coalesce(job.state, item.state) AS state, count(*) AS rows
            FROM seedream.run_row AS item LEFT JOIN seedream.job AS job ON job.id = item.job
            WHERE item.run = ANY ($1::text[]) GROUP BY 1, 2
            """, [ids])
        for row in counts.rows {
            guard let state = RowState(rawValue: try row.text("state")) else { continue }
            states[try row.text("run"), default: [:]][state] = try row.integer("rows")
        }
        var costs: [String: [Price.Unit: Double]] = [:]
        let sums = try transaction.run(
            """
            SELECT run, unit, sum(cost) AS cost FROM seedream.job
            WHERE run = ANY ($1::text[]) AND unit IS NOT NULL AND cost IS NOT NULL GROUP BY 1, 2
            """, [ids])
        for row in sums.rows {
            guard let unit = Price.Unit(rawValue: try row.text("unit")) else { continue }
            costs[try row.text("run"), default: [:]][unit] = try row.number("cost")
        }
        return runs.map { RunSummary(run: $0, rows: states[$0.id] ?? [:], cost: costs[$0.id] ?? [:]) }
    }

    /// Returns the run with this ID or name, or the only one whose ID begins with this text of at
    /// least 4 characters.
    public func run(_ id: String) async throws(LedgerError) -> RunRecord? {
        try await read { transaction in
            guard !id.utf8.contains(0) else { return nil }
            let start = id.lowercased()
            let column = "SELECT record FROM seedream.run WHERE"
            var rows = try transaction.run("\(column) id = $1 OR name = $2", [start, id]).rows
            if rows.isEmpty, id.count >= 4 {
                rows = try transaction.run(
                    "\(column) id >= $1 AND id < $2", [start, start + "\u{10FFFF}"]
                ).rows
            }
            guard rows.count <= 1 else { throw LedgerError.ambiguous(id, count: rows.count) }
            return try rows.first.map { try Self.value(RunRecord.self, $0) }
        }
    }

    // MARK: Pruning

    /// The number of jobs that one transaction prunes: few enough to hold their locks only shortly.
    private static let pruned = 500

    /// Removes prompts and paths from jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) async throws(LedgerError) -> Int {
        let now = JobRecord.now
        var count = 0
        var last: String? = ""
        while let start = last {
            let part = try await write { transaction in
                try Self.prune(before: time, at: now, after: start, transaction)
            }
            count += part.count
            last = part.last
        }
        try await write { try Self.pruneRuns(before: time, $0) }
        return count
    }

    /// - Returns: The number of pruned jobs, and the last ID that was looked at; `nil` at the end.
    private static func prune(
        before time: Double, at now: Double, after id: String, _ transaction: PostgresTransaction
    ) throws -> (count: Int, last: String?) {
        let rows = try transaction.run(
            """
            SELECT id, record FROM seedream.job
            WHERE id > $1 AND updated < $2 AND state IN ('saved', 'failed', 'cancelled')
            ORDER BY id LIMIT \(pruned) FOR UPDATE
            """, [id, time]
        ).rows
        var count = 0
        for row in rows {
            guard let job = try value(JobRecord.self, row).pruned(at: now) else { continue }
            count += 1
            try transaction.run(
                "UPDATE seedream.job SET record = $2, request_id = NULL WHERE id = $1",
                [job.id, try text(of: job)])
            try transaction.run(
                "UPDATE seedream.run_row SET label = '', stem = NULL WHERE job = $1", [job.id])
            try forgetNames(of: job.id, transaction)
        }
        return (count, rows.count < pruned ? nil : try rows.last?.text("id"))
    }

    /// Removes the origin of runs whose rows have all ended, and the labels and failures of their
    /// rows that were never sent.
    private static func pruneRuns(before time: Double, _ transaction: PostgresTransaction) throws {
        let rows = try transaction.run(
            """
            SELECT record FROM seedream.run WHERE updated < $1 AND NOT EXISTS (
                SELECT FROM seedream.run_row AS item
                LEFT JOIN seedream.job AS job ON job.id = item.job
                WHERE item.run = run.id AND coalesce(job.state, item.state)
                    NOT IN ('saved', 'failed', 'cancelled', 'skipped'))
            FOR UPDATE
            """, [time]
        ).rows
        for row in rows {
            let run = try value(RunRecord.self, row).pruned
            try transaction.run(
                "UPDATE seedream.run SET record = $2 WHERE id = $1", [run.id, try text(of: run)])
            try transaction.run(
                "UPDATE seedream.run_row SET label = '', failure = NULL WHERE run = $1 AND job IS NULL",
                [run.id])
        }
    }
}
#endif
