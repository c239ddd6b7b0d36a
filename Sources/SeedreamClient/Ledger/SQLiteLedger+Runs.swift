#if Client
import Platform
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SQLiteLedger {
    /// Starts a run, or joins the run with the same ID.
    public func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord {
        try await transaction { database in
            let text = try String.fetchOne(
                database, sql: "SELECT record FROM run WHERE id = ?", arguments: [run.id])
            var joined = run
            if let text { joined.created = try Self.run(text).created }
            let record = String(decoding: try JSONEncoder().encode(joined), as: UTF8.self)
            try database.execute(
                sql: """
                    INSERT INTO run (id, name, updated, record) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET updated = excluded.updated, record = excluded.record
                    """,
                arguments: [joined.id, joined.identity.name, joined.updated, record])
            return joined
        }
    }

    /// Returns all runs, most recently joined first.
    public func runs(limit: Int?) async throws(LedgerError) -> [RunSummary] {
        try await perform { database in
            guard try database.tableExists("run") else { return [] }
            let texts = try String.fetchAll(
                database, sql: Self.newestRuns, arguments: [limit.map { max(0, $0) } ?? -1])
            return try texts.map { try Self.summary(of: try Self.run($0), database) }
        }
    }

    /// Returns a run and the number of its rows in each state.
    public func summary(of run: String) async throws(LedgerError) -> RunSummary? {
        try await perform { database in
            guard try database.tableExists("run") else { return nil }
            let text = try String.fetchOne(
                database, sql: "SELECT record FROM run WHERE id = ?", arguments: [run])
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

    private static func summary(of run: RunRecord, _ database: Database) throws -> RunSummary {
        var summary = RunSummary(run: run, rows: [:])
        let isIndexed = try database.indexes(on: "job").contains { $0.name == "job_id_state" }
        let states = try Row.fetchAll(
            database, sql: statesOfRows(isIndexed: isIndexed), arguments: [run.id])
        for row in states {
            if let state = RowState(rawValue: row["state"]) { summary.rows[state] = row["rows"] }
        }
        let costs = try Row.fetchAll(database, sql: costsOfRun, arguments: [run.id])
        for row in costs {
            if let unit = (row["unit"] as String?).flatMap(Price.Unit.init(rawValue:)) {
                summary.cost[unit] = row["cost"]
            }
        }
        return summary
    }

    /// Removes prompts and paths from jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) async throws(LedgerError) -> Int {
        let now = JobRecord.now
        return try await transaction { database in
            let texts = try String.fetchCursor(
                database,
                sql: """
                    SELECT record FROM job
                    WHERE updated < ? AND state IN ('saved', 'failed', 'cancelled')
                    """, arguments: [time])
            var pruned: [JobRecord] = []
            while let text = try texts.next() {
                if let job = try Self.record(text).pruned(at: now) { pruned.append(job) }
            }
            for job in pruned {
                try database.execute(
                    sql: "UPDATE job SET record = ?, request_id = NULL WHERE id = ?",
                    arguments: [try Self.text(of: job), job.id])
                try database.execute(
                    sql: "UPDATE row SET label = '', stem = NULL WHERE job = ?", arguments: [job.id])
                try Self.forgetNames(of: job.id, database)
            }
            try Self.pruneRuns(before: time, database)
            return pruned.count
        }
    }

    /// Removes the origin of runs whose rows have all ended, and the labels and failures of their
    /// rows that were never sent.
    private static func pruneRuns(before time: Double, _ database: Database) throws {
        let texts = try String.fetchAll(
            database,
            sql: """
                SELECT record FROM run WHERE updated < ? AND NOT EXISTS (
                    SELECT 1 FROM row WHERE row.run = run.id
                    AND state NOT IN ('saved', 'failed', 'cancelled', 'skipped'))
                """, arguments: [time])
        for text in texts {
            let run = try run(text).pruned
            try database.execute(
                sql: "UPDATE run SET record = ? WHERE id = ?",
                arguments: [String(decoding: try JSONEncoder().encode(run), as: UTF8.self), run.id])
            try database.execute(
                sql: "UPDATE row SET label = '', failure = NULL WHERE run = ? AND job IS NULL",
                arguments: [run.id])
        }
    }

    /// Returns the run with this ID or name, or the only one whose ID begins with this text of at
    /// least 4 characters.
    public func run(_ id: String) async throws(LedgerError) -> RunRecord? {
        try await perform { database in
            guard try database.tableExists("run") else { return nil }
            let column = "SELECT record FROM run WHERE"
            var texts = try String.fetchAll(
                database, sql: "\(column) id = ? OR name = ?", arguments: [id.lowercased(), id])
            if texts.isEmpty, id.count >= 4 {
                let start = id.lowercased()
                texts = try String.fetchAll(
                    database, sql: "\(column) id >= ? AND id < ?", arguments: [start, start + "\u{10FFFF}"])
            }
            guard texts.count <= 1 else { throw LedgerError.ambiguous(id, count: texts.count) }
            return try texts.first.map(Self.run)
        }
    }

    private static func run(_ text: String) throws -> RunRecord {
        try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    }

    // MARK: Rows

    /// Records a waiting row for each label that has no row in the run.
    public func expect(_ labels: [String], in run: String) async throws(LedgerError) {
        try await transaction { database in
            var number = try Self.lastNumber(in: run, database)
            for label in labels {
                let isThere = try Int.fetchOne(
                    database, sql: "SELECT 1 FROM row WHERE run = ? AND label = ?", arguments: [run, label])
                if isThere != nil { continue }
                number += 1
                try Self.insert(RowRecord(run: run, number: number, label: label), database)
            }
        }
    }

    /// Returns the row with this key, or the one with this label and no key yet, which then gets
    /// the key, or a new one.
    public func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord {
        try await transaction { database in
            let waiting = try Self.rows(
                "row.run = ? AND row.label = ? AND row.row_key IS NULL ORDER BY row.number", [run, label],
                database
            ).first
            if let row = try Self.rows("row.run = ? AND row.row_key = ?", [run, key], database).first {
                if let waiting {
                    try database.execute(
                        sql: "DELETE FROM row WHERE run = ? AND number = ?", arguments: [run, waiting.number])
                }
                return row
            }
            if var waiting {
                waiting.key = key
                try database.execute(
                    sql: "UPDATE row SET row_key = ? WHERE run = ? AND number = ?",
                    arguments: [key, run, waiting.number])
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
            guard try database.tableExists("row") else { return nil }
            return try Self.rows(
                "row.run = ? AND row.label = ? ORDER BY row.number DESC LIMIT 1", [run, label], database
            ).first
        }
    }

    /// Returns the rows of a run.
    public func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord] {
        try await perform { database in
            guard try database.tableExists("row") else { return [] }
            return try Self.rows(
                "row.run = ? AND row.number > ? ORDER BY row.number LIMIT ?",
                [run, after, limit.map { max(0, $0) } ?? -1], database)
        }
    }

    /// Makes a row `preparing`, owned by this instance.
    public func begin(_ row: RowRecord) async throws(LedgerError) -> Bool {
        let owner = try owned()
        return try await transaction { database in
            let values = try Row.fetchOne(
                database,
                sql: """
                    SELECT row.owner, coalesce(job.state, row.state) AS state
                    FROM row LEFT JOIN job ON job.id = row.job WHERE row.run = ? AND row.number = ?
                    """, arguments: [row.run, row.number])
            guard let values, let state = RowState(rawValue: values["state"]) else { return false }
            switch state {
            case .waiting, .failed, .cancelled, .skipped, .saved: break
            case .preparing:
                if let other = values["owner"] as String?, try owner.isElsewhereAlive(other) { return false }
            case .submitting, .accepted, .finished, .unknown: return false
            }
            try database.execute(
                sql: """
                    UPDATE row SET state = 'preparing', owner = ?, failure = NULL,
                        job = CASE WHEN ? THEN job END
                    WHERE run = ? AND number = ?
                    """,
                arguments: [owner.name, state == .saved, row.run, row.number])
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
            try database.execute(
                sql: """
                    UPDATE row SET state = ?, owner = NULL, failure = ?, job = NULL
                    WHERE run = ? AND number = ? AND (
                        job IS NULL
                        OR (SELECT state FROM job WHERE id = row.job) IN ('failed', 'cancelled'))
                    """,
                arguments: [state.rawValue, text, row.run, row.number])
        }
    }

    /// Returns the jobs of equal requests.
    public func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            guard try database.tableExists("row") else { return [] }
            let texts = try String.fetchAll(
                database,
                sql: "SELECT record FROM job WHERE content IS ? ORDER BY created DESC, rowid DESC",
                arguments: [content])
            return try texts.map(Self.record)
        }
    }

    /// Returns the jobs of a run.
    public func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            guard try database.tableExists("row") else { return [] }
            let texts = try String.fetchAll(
                database, sql: "SELECT record FROM job WHERE run = ? ORDER BY created DESC, rowid DESC",
                arguments: [run])
            return try texts.map(Self.record)
        }
    }

    // MARK: In a transaction

    /// Checks that a job may be sent for its row.
    static func checkRow(of job: JobRecord, within budget: Budget?, _ database: Database) throws {
        guard let row = job.row else { return }
        let other = try String.fetchOne(
            database,
            sql: """
                SELECT id FROM job
                WHERE run = ? AND row_key = ? AND state NOT IN ('failed', 'cancelled')
                """, arguments: [row.run, row.key])
        if let other { throw LedgerError.rowTaken(job: other) }
        guard let budget, let worst = job.worstCost else { return }
        let spent =
            try Double.fetchOne(
                database, sql: "SELECT total(cost) FROM job WHERE run = ? AND unit = ?",
                arguments: [row.run, budget.unit.rawValue]) ?? 0
        // A sum of cents is not exact in binary.
        guard spent + worst <= budget.amount + 1e-9 else {
            throw LedgerError.overBudget(spent: spent, worst: worst, budget: budget)
        }
    }

    /// Makes the row of a job that was just inserted `submitting`.
    static func noteRow(of job: JobRecord, _ database: Database) throws {
        guard let row = job.row else { return }
        try database.execute(
            sql: """
                UPDATE row SET state = 'submitting', job = ?, owner = NULL, failure = NULL
                WHERE run = ? AND number = ?
                """, arguments: [job.id, row.run, row.number])
    }

    private static func lastNumber(in run: String, _ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT max(number) FROM row WHERE run = ?", arguments: [run]) ?? 0
    }

    private static func insert(_ row: RowRecord, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO row (run, number, label, row_key, state, stem) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [row.run, row.number, row.label, row.key, row.state.rawValue, row.stem])
    }

    private static func rows(
        _ condition: String, _ arguments: [any DatabaseValueConvertible], _ database: Database
    ) throws -> [RowRecord] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT row.run, row.number, row.label, row.row_key, row.job, row.failure,
                    coalesce(job.state, row.state) AS state
                FROM row LEFT JOIN job ON job.id = row.job WHERE \(condition)
                """, arguments: StatementArguments(arguments))
        return try rows.map { values in
            var row = RowRecord(
                run: values["run"], number: values["number"], label: values["label"], key: values["row_key"])
            row.state = RowState(rawValue: values["state"]) ?? .unknown
            row.job = values["job"]
            row.failure = try (values["failure"] as String?).map {
                try JSONDecoder().decode(RowRecord.Failure.self, from: Data($0.utf8))
            }
            return row
        }
    }
}
#endif
