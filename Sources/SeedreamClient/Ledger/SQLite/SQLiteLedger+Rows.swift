#if Client
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteLedger {
    /// Records a waiting row for each label that has no row in the run.
    public func expect(_ labels: [String], in run: String) async throws(LedgerError) {
        try await transaction { database in
            var number = try Self.lastNumber(in: run, database)
            for label in labels {
                let isThere = try database.integer(
                    "SELECT 1 FROM row WHERE run = ? AND label = ?", [run, label])
                if isThere != nil { continue }
                number += 1
                try Self.insert(RowRecord(run: run, number: number, label: label), database)
            }
        }
    }

    /// Returns the row with this key. If no row has it, a row with this label and without a key
    /// gets it, or a new row is created.
    public func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord {
        try await transaction { database in
            let waiting = try Self.rows(
                "row.run = ? AND row.label = ? AND row.row_key IS NULL ORDER BY row.number", [run, label],
                database
            ).first
            if let row = try Self.rows("row.run = ? AND row.row_key = ?", [run, key], database).first {
                if let waiting {
                    try database.run("DELETE FROM row WHERE run = ? AND number = ?", [run, waiting.number])
                }
                return row
            }
            if var waiting {
                waiting.key = key
                try database.run(
                    "UPDATE row SET row_key = ? WHERE run = ? AND number = ?", [key, run, waiting.number])
                return waiting
            }
            let number = try Self.lastNumber(in: run, database) + 1
            let row = RowRecord(run: run, number: number, label: label, key: key)
            try Self.insert(row, database)
            return row
        }
    }

    /// Returns the last row with this label.
    public func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord? {
        try await perform { database in
            guard try database.has("row") else { return nil }
            return try Self.rows(
                "row.run = ? AND row.label = ? ORDER BY row.number DESC LIMIT 1", [run, label], database
            ).first
        }
    }

    /// Returns the rows of a run.
    public func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord] {
        try await perform { database in
            guard try database.has("row") else { return [] }
            return try Self.rows(
                "row.run = ? AND row.number > ? ORDER BY row.number LIMIT ?",
                [run, after, limit.map { max(0, $0) } ?? -1], database)
        }
    }

    /// Makes a row `preparing`, owned by this instance.
    public func begin(_ row: RowRecord) async throws(LedgerError) -> Bool {
        let owner = try owned()
        return try await transaction { database in
            let values = try database.run(
                """
                SELECT row.owner, coalesce(job.state, row.state) AS state
                FROM row LEFT JOIN job ON job.id = row.job WHERE row.run = ? AND row.number = ?
                """, [row.run, row.number]
            ).first
            guard let values, let state = RowState(rawValue: try values.text("state")) else { return false }
            switch state {
            case .waiting, .failed, .cancelled, .skipped, .saved: break
            case .preparing:
                if let other = try values.optional("owner"), try owner.isElsewhereAlive(other) {
                    return false
                }
            case .submitting, .accepted, .finished, .unknown: return false
            }
            try database.run(
                """
                UPDATE row SET state = 'preparing', owner = ?, failure = NULL,
                    job = CASE WHEN ? THEN job END
                WHERE run = ? AND number = ?
                """,
                [owner.name, state == .saved, row.run, row.number])
            return true
        }
    }

    /// Sets the state of a row, with the reason if it failed. Its failed or cancelled job stays in
    /// the ledger without the row.
    public func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?)
        async throws(LedgerError)
    {
        try await transaction { database in
            let text = try failure.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
            try database.run(
                """
                UPDATE row SET state = ?, owner = NULL, failure = ?, job = NULL
                WHERE run = ? AND number = ? AND (
                    job IS NULL
                    OR (SELECT state FROM job WHERE id = row.job) IN ('failed', 'cancelled'))
                """,
                [state.rawValue, text, row.run, row.number])
        }
    }

    /// Returns the jobs of equal requests.
    public func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            guard try database.has("row") else { return [] }
            let texts = try database.texts(
                "SELECT record FROM job WHERE content IS ? ORDER BY created DESC, rowid DESC", [content])
            return try texts.map(Self.record)
        }
    }

    /// Returns the jobs of a run.
    public func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            guard try database.has("row") else { return [] }
            let texts = try database.texts(
                "SELECT record FROM job WHERE run = ? ORDER BY created DESC, rowid DESC", [run])
            return try texts.map(Self.record)
        }
    }

    // MARK: In a transaction

    /// Checks that a job may be sent for its row.
    static func checkRow(of job: JobRecord, within budget: Budget?, _ database: SQLiteConnection) throws {
        guard let row = job.row else { return }
        let other = try database.text(
            """
            SELECT id FROM job
            WHERE run = ? AND row_key = ? AND state NOT IN ('failed', 'cancelled')
            """, [row.run, row.key])
        if let other { throw LedgerError.rowTaken(job: other) }
        guard let budget, let worst = job.worstCost else { return }
        let spent =
            try database.run(
                "SELECT total(cost) AS spent FROM job WHERE run = ? AND unit = ?",
                [row.run, budget.unit.rawValue]
            ).first?.number("spent") ?? 0
        // A sum of cents is not exact in binary.
        guard spent + worst <= budget.amount + 1e-9 else {
            throw LedgerError.overBudget(spent: spent, worst: worst, budget: budget)
        }
    }

    /// Checks that the account of a job has a free slot.
    static func checkSlots(of job: JobRecord, _ limit: Int?, _ database: SQLiteConnection) throws {
        guard let limit else { return }
        let now = JobRecord.now
        // Few jobs are in these states, and an index finds them. Only one machine uses the file, so
        // its clock measures the time.
        let taken =
            try database.integer(
                """
                SELECT count(*) FROM job
                WHERE (state IN ('submitting', 'accepted') AND updated > ?
                        OR state = 'unknown' AND updated > ?
                            AND json_extract(record, '$.settlement') IS NULL)
                    AND provider = ? AND json_extract(record, '$.baseURL') IS ?
                    AND json_extract(record, '$.account') IS ?
                """,
                [
                    now - JobSlot.openTime, now - JobSlot.unknownTime, job.provider.rawValue, job.baseURL,
                    job.account,
                ]) ?? 0
        guard taken < limit else { throw LedgerError.slotsTaken(limit: limit) }
    }

    /// Makes the row of a job that was just inserted `submitting`.
    static func noteRow(of job: JobRecord, _ database: SQLiteConnection) throws {
        guard let row = job.row else { return }
        try database.run(
            """
            UPDATE row SET state = 'submitting', job = ?, owner = NULL, failure = NULL
            WHERE run = ? AND number = ?
            """, [job.id, row.run, row.number])
    }

    private static func lastNumber(in run: String, _ database: SQLiteConnection) throws -> Int {
        try database.integer("SELECT max(number) FROM row WHERE run = ?", [run]) ?? 0
    }

    private static func insert(_ row: RowRecord, _ database: SQLiteConnection) throws {
        try database.run(
            "INSERT INTO row (run, number, label, row_key, state, stem) VALUES (?, ?, ?, ?, ?, ?)",
            [row.run, row.number, row.label, row.key, row.state.rawValue, row.stem])
    }

    private static func rows(
        _ condition: String, _ arguments: [(any SQLiteValue)?], _ database: SQLiteConnection
    ) throws -> [RowRecord] {
        let rows = try database.run(
            """
            SELECT row.run, row.number, row.label, row.row_key, row.job, row.failure,
                coalesce(job.state, row.state) AS state
            FROM row LEFT JOIN job ON job.id = row.job WHERE \(condition)
            """, arguments)
        return try rows.map { values in
            var row = RowRecord(
                run: try values.text("run"), number: try values.integer("number"),
                label: try values.text("label"), key: try values.optional("row_key"))
            row.state = RowState(rawValue: try values.text("state")) ?? .unknown
            row.job = try values.optional("job")
            row.failure = try values.optional("failure").map {
                try JSONDecoder().decode(RowRecord.Failure.self, from: Data($0.utf8))
            }
            return row
        }
    }
}
#endif
