#if Postgres
extension PostgresLedger {
    /// Reserves names that were not reserved when the job was inserted, or that a file has taken
    /// since.
    public func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    {
        try await write { transaction in
            let query = "SELECT record FROM seedream.job WHERE id = $1"
            guard let known = try transaction.run(query, [id]).first else { throw LedgerError.notFound(id) }
            // The lock of the folder comes before the job's, as in an insertion.
            if let folder = try Self.value(JobRecord.self, known).folderOfNames {
                try transaction.lock(["folder \(folder)"])
            }
            guard let row = try transaction.run("\(query) FOR UPDATE", [id]).first else {
                throw LedgerError.notFound(id)
            }
            var shelf = Shelf(transaction: transaction)
            let job = try shelf.reserve(
                names, of: try Self.value(JobRecord.self, row),
                extensions: JobRecord.usualExtensions + [fileExtension])
            try transaction.run(
                "UPDATE seedream.job SET record = $2 WHERE id = $1", [id, try Self.text(of: job)])
            return job
        }
    }

    /// Returns a new job with the names that its results may get.
    static func reserveNames(of job: JobRecord, _ transaction: PostgresTransaction) throws -> JobRecord {
        let names = job.state.isFinal ? [] : job.possibleNames
        guard !names.isEmpty else { return job }
        var shelf = Shelf(transaction: transaction)
        guard let row = job.row else { return try shelf.reserve(names, of: job) }
        // Rows are sent as they become ready, but their names follow their order.
        let found = try transaction.run(
            """
            SELECT own.job, (
                SELECT count(*) FROM seedream.run_row AS item
                WHERE item.run = own.run AND md5(item.stem) = md5(own.stem) AND item.stem = own.stem
                    AND item.number < own.number AND item.job IS NULL
                    AND item.state IN ('waiting', 'preparing')
            ) AS earlier
            FROM seedream.run_row AS own WHERE own.run = $1 AND own.number = $2
            """, [row.run, row.number]
        ).first
        return try shelf.reserve(
            names, of: job, leaving: job.namesTellRowsApart ? 0 : try found?.integer("earlier") ?? 0,
            after: found?.optional("job"))
    }

    /// Removes the reservations of a job.
    static func forgetNames(of job: String, _ transaction: PostgresTransaction) throws {
        try transaction.run("DELETE FROM seedream.result_name WHERE job = $1", [job])
    }

    /// The table of names. A folder is the same for all machines if its path is.
    private struct Shelf: NameShelf {
        let transaction: PostgresTransaction
        private static let inFolder = "md5(folder) = md5($1) AND folder = $1"

        func numbers(of stem: String, in folder: String) throws -> [Int] {
            try transaction.run(
                """
                SELECT number FROM seedream.result_name WHERE \(Self.inFolder) AND stem = $2
                ORDER BY number
                """, [folder, stem]
            ).rows.map { try $0.integer("number") }
        }

        func holder(of name: String, in folder: String) throws -> ReservedName? {
            try one("\(Self.inFolder) AND name = $2", [folder, name])
        }

        func name(of job: String, stem: String) throws -> ReservedName? {
            try one("job = $1 AND stem = $2", [job, stem])
        }

        func isOver(_ job: String) throws -> Bool {
            let row = try transaction.run("SELECT state FROM seedream.job WHERE id = $1", [job]).first
            return row.map { $0.optional("state") == JobState.saved.rawValue } ?? true
        }

        func put(_ name: ReservedName) throws {
            try transaction.run(
                """
                INSERT INTO seedream.result_name (folder, name, stem, number, job)
                VALUES ($1, $2, $3, $4, $5)
                """, [name.folder, name.name, name.stem, name.number, name.job])
        }

        func remove(_ name: ReservedName) throws {
            try transaction.run(
                "DELETE FROM seedream.result_name WHERE \(Self.inFolder) AND name = $2",
                [name.folder, name.name])
        }

        private func one(_ condition: String, _ values: [String]) throws -> ReservedName? {
            let row = try transaction.run(
                "SELECT folder, name, stem, number, job FROM seedream.result_name WHERE \(condition)",
                values
            ).first
            return try row.map {
                ReservedName(
                    folder: try $0.text("folder"), name: try $0.text("name"), stem: try $0.text("stem"),
                    number: try $0.integer("number"), job: try $0.text("job"))
            }
        }
    }
}
#endif
