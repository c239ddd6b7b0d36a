#if Client

extension SQLiteLedger {
    /// Reserves names that were not reserved when the job was inserted, or that a file has taken
    /// since.
    public func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    {
        try await transaction { database in
            let text = try database.text("SELECT record FROM job WHERE id = ?", [id])
            guard let text else { throw LedgerError.notFound(id) }
            var shelf = Shelf(database: database)
            let job = try shelf.reserve(
                names, of: try Self.record(text), extensions: JobRecord.usualExtensions + [fileExtension])
            try database.run("UPDATE job SET record = ? WHERE id = ?", [try Self.text(of: job), id])
            return job
        }
    }

    /// Returns a new job with the names that its results may get.
    static func reserveNames(of job: JobRecord, _ database: SQLiteConnection) throws -> JobRecord {
        let names = job.state.isFinal ? [] : job.possibleNames
        guard !names.isEmpty else { return job }
        var shelf = Shelf(database: database)
        guard let row = job.row else { return try shelf.reserve(names, of: job) }
        let previous = try database.text(
            "SELECT job FROM row WHERE run = ? AND number = ?", [row.run, row.number])
        // Rows are sent as they become ready, but their names follow their order.
        let earlier = try database.integer(
            """
            SELECT count(*) FROM row
            WHERE run = ?1 AND stem = (SELECT stem FROM row WHERE run = ?1 AND number = ?2)
                AND number < ?2 AND job IS NULL AND state IN ('waiting', 'preparing')
            """, [row.run, row.number])
        return try shelf.reserve(
            names, of: job, leaving: job.namesTellRowsApart ? 0 : earlier ?? 0, after: previous)
    }

    /// Removes the reservations of a job.
    static func forgetNames(of job: String, _ database: SQLiteConnection) throws {
        try database.run("DELETE FROM name WHERE job = ?", [job])
    }

    /// The table of names.
    private struct Shelf: NameShelf {
        let database: SQLiteConnection

        func numbers(of stem: String, in folder: String) throws -> [Int] {
            try database.run(
                "SELECT number FROM name WHERE folder = ? AND stem = ? ORDER BY number",
                [folder, stem]
            ).map { try $0.integer("number") }
        }

        func holder(of name: String, in folder: String) throws -> ReservedName? {
            try one("folder = ? AND name = ?", [folder, name])
        }

        func name(of job: String, stem: String) throws -> ReservedName? {
            try one("job = ? AND stem = ?", [job, stem])
        }

        func isOver(_ job: String) throws -> Bool {
            let state = try database.text("SELECT state FROM job WHERE id = ?", [job])
            return state.map { $0 == JobState.saved.rawValue } ?? true
        }

        func put(_ name: ReservedName) throws {
            try database.run(
                "INSERT INTO name (folder, name, stem, number, job) VALUES (?, ?, ?, ?, ?)",
                [name.folder, name.name, name.stem, name.number, name.job])
        }

        func remove(_ name: ReservedName) throws {
            try database.run("DELETE FROM name WHERE folder = ? AND name = ?", [name.folder, name.name])
        }

        private func one(_ condition: String, _ arguments: [String]) throws -> ReservedName? {
            let rows = try database.run(
                "SELECT folder, name, stem, number, job FROM name WHERE \(condition)",
                arguments)
            return try rows.first.map { row in
                ReservedName(
                    folder: try row.text("folder"), name: try row.text("name"), stem: try row.text("stem"),
                    number: try row.integer("number"), job: try row.text("job"))
            }
        }
    }
}
#endif
