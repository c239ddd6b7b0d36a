#if Postgres
import SeedreamModel
import Synchronization

extension PostgresLedger {
    /// Records a waiting row for each label that has no row in the run.
    public func expect(_ labels: [String], in run: String) async throws(LedgerError) {
        try await write { transaction in
            try transaction.lock(["run \(run)"])
            // Few statements for many labels: others of the run wait meanwhile.
            let known = Set(
                try transaction.run(
                    "SELECT label FROM seedream.run_row WHERE run = $1 AND label = ANY ($2::text[])",
                    [run, labels]
                ).rows.map { try $0.text("label") })
            var seen = known
            let new = labels.filter { seen.insert($0).inserted }
            guard !new.isEmpty else { return }
            let stems = new.map { RowRecord(run: run, number: 0, label: $0).stem }
            try transaction.run(
                """
                INSERT INTO seedream.run_row (run, number, label, state, stem)
                SELECT $1, $2::integer + place, label, 'waiting', stem
                FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS new (label, stem, place)
                """, [run, try Self.lastNumber(in: run, transaction), new, stems])
        }
    }

    /// Returns the row with this key. If no row has it, a row with this label and without a key
    /// gets it, or a new row is created.
    public func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord {
        try await write { transaction in
            try transaction.lock(["run \(run)"])
            let waiting = try Self.rows(
                "item.run = $1 AND item.label = $2 AND item.row_key IS NULL ORDER BY item.number LIMIT 1",
                [run, label], transaction
            ).first
            let known = try Self.rows(
                "item.run = $1 AND md5(item.row_key) = md5($2) AND item.row_key = $2", [run, key],
                transaction
            ).first
            if let known {
                if let waiting {
                    try transaction.run(
                        "DELETE FROM seedream.run_row WHERE run = $1 AND number = $2", [run, waiting.number])
                }
                return known
            }
            if var waiting {
                waiting.key = key
                try transaction.run(
                    "UPDATE seedream.run_row SET row_key = $3 WHERE run = $1 AND number = $2",
                    [run, waiting.number, key])
                return waiting
            }
            let number = try Self.lastNumber(in: run, transaction) + 1
            let row = RowRecord(run: run, number: number, label: label, key: key)
            try transaction.run(
                """
                INSERT INTO seedream.run_row (run, number, label, row_key, state, stem)
                VALUES ($1, $2, $3, $4, $5, $6)
                """, [run, number, label, key, row.state.rawValue, row.stem])
            return row
        }
    }

    /// Returns the last row with this label.
    public func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord? {
        try await read { transaction in
            try Self.rows(
                "item.run = $1 AND item.label = $2 ORDER BY item.number DESC LIMIT 1", [run, label],
                transaction
            ).first
        }
    }

    /// Returns the rows of a run.
    public func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord] {
        let limit = limit.map { max(0, $0) }
        return try await read { transaction in
            try Self.rows(
                "item.run = $1 AND item.number > $2::bigint ORDER BY item.number LIMIT $3::bigint",
                [run, after, limit], transaction)
        }
    }

    /// Makes a row `preparing`, owned by this instance, and counts its claim. A row that another
    /// process is preparing is taken over only after that one's lease has expired.
    public func begin(_ row: RowRecord) async throws(LedgerError) -> Bool {
        let owner = try owned()
        let claim: Int? = try await write { transaction in
            let found = try transaction.run(
                """
                SELECT coalesce(job.state, item.state) AS state,
                    \(PostgresOwner.isElsewhereAlive("item.owner")) AS is_owned
                FROM seedream.run_row AS item LEFT JOIN seedream.job AS job ON job.id = item.job
                WHERE item.run = $2 AND item.number = $3 FOR UPDATE OF item
                """, [owner.name, row.run, row.number]
            ).first
            guard let found, let state = RowState(rawValue: try found.text("state")) else { return nil }
            switch state {
            case .waiting, .failed, .cancelled, .skipped, .saved: break
            case .preparing: if try found.flag("is_owned") { return nil }
            case .submitting, .accepted, .finished, .unknown: return nil
            }
            try owner.extend(transaction)
            let changed = try transaction.run(
                """
                UPDATE seedream.run_row SET state = 'preparing', owner = $1, claim = claim + 1,
                    failure = NULL, job = CASE WHEN $4::boolean THEN job END
                WHERE run = $2 AND number = $3 RETURNING claim
                """, [owner.name, row.run, row.number, state == .saved])
            return try changed.first?.integer("claim")
        }
        guard let claim else { return false }
        begun.withLock { $0[RowPlace(run: row.run, number: row.number)] = claim }
        return true
    }

    /// Sets the state of a row, with the reason if it failed. Its failed or cancelled job stays in
    /// the ledger without the row. A row that another process has taken over is left unchanged.
    public func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?)
        async throws(LedgerError)
    {
        let owner = try owned()
        let place = RowPlace(run: row.run, number: row.number)
        let claim = begun.withLock { $0[place] }
        try await write { transaction in
            _ = try transaction.run(
                """
                UPDATE seedream.run_row AS item SET state = $2, owner = NULL, failure = $3, job = NULL
                WHERE item.run = $4 AND item.number = $5
                    AND (item.job IS NULL OR (SELECT job.state FROM seedream.job AS job
                        WHERE job.id = item.job) IN ('failed', 'cancelled'))
                    AND ($6::bigint IS NULL OR item.claim = $6::bigint)
                    AND NOT \(PostgresOwner.isElsewhereAlive("item.owner"))
                """,
                [
                    owner.name, state.rawValue, try failure.map { try Self.text(of: $0) }, row.run,
                    row.number, claim,
                ])
        }
        _ = begun.withLock { $0.removeValue(forKey: place) }
    }

    private static func lastNumber(in run: String, _ transaction: PostgresTransaction) throws -> Int {
        let row = try transaction.run(
            "SELECT coalesce(max(number), 0) AS last FROM seedream.run_row WHERE run = $1", [run]
        ).first
        return try row?.integer("last") ?? 0
    }

    /// - Parameter condition: A fixed text.
    private static func rows(
        _ condition: String, _ values: [(any PostgresValue)?], _ transaction: PostgresTransaction
    ) throws -> [RowRecord] {
        let rows = try transaction.run(
            """
            SELECT item.run, item.number, item.label, item.row_key, item.job, item.failure,
                coalesce(job.state, item.state) AS state
            FROM seedream.run_row AS item LEFT JOIN seedream.job AS job ON job.id = item.job
            WHERE \(condition)
            """, values
        ).rows
        return try rows.map { values in
            var row = RowRecord(
                run: try values.text("run"), number: try values.integer("number"),
                label: try values.text("label"), key: values.optional("row_key"))
            row.state = RowState(rawValue: try values.text("state")) ?? .unknown
            row.job = values.optional("job")
            if values.optional("failure") != nil {
                row.failure = try value(RowRecord.Failure.self, values, "failure")
            }
            return row
        }
    }
}
#endif
