#if Postgres
/// An open transaction.
struct PostgresTransaction {
    let connection: PostgresConnection
    /// Whether an earlier attempt of the same work may have been committed: the connection broke
    /// while the server was committing. The work has to look for its own traces first.
    let mayBeDone: Bool

    /// Runs one statement and returns its rows.
    @discardableResult
    func run(_ sql: String, _ values: [(any PostgresValue)?] = []) throws(PostgresFailure) -> PostgresRows {
        try connection.run(sql, values)
    }

    /// Waits until no other transaction has any of these locks, and holds them to the end of this
    /// one. Give them in the same order everywhere.
    ///
    /// A name is hashed to 64 bits. If two have the same hash, one only waits for the other.
    func lock(_ names: [String]) throws(PostgresFailure) {
        try run(
            """
            SELECT pg_advisory_xact_lock(hashtextextended('seedream ' || name, 0))
            FROM unnest($1::text[]) WITH ORDINALITY AS names (name, place) ORDER BY place
            """, [names])
    }
}

extension PostgresConnection {
    /// Runs work in a transaction, and commits it unless the work throws.
    ///
    /// - Throws: `PostgresFailure`, with `isDoubtful` if the connection broke during the commit.
    func transaction<Value>(
        isWriting: Bool = true, mayBeDone: Bool = false, _ work: (PostgresTransaction) throws -> Value
    ) throws -> Value {
        let value: Value
        do {
            // The settings end with the transaction. `synchronous_commit` may be off in the
            // server's configuration, and a record that is lost is an image that is paid for twice.
            try runAll(
                """
                BEGIN ISOLATION LEVEL READ COMMITTED\(isWriting ? "" : " READ ONLY");
                SET LOCAL statement_timeout = '\(limits.statement)s';
                SET LOCAL lock_timeout = '\(limits.lock)s';
                SET LOCAL idle_in_transaction_session_timeout = '\(limits.idle)s';
                \(isWriting ? "SET LOCAL synchronous_commit = on;" : "")
                SET LOCAL search_path = seedream, pg_catalog;
                """)
            value = try work(PostgresTransaction(connection: self, mayBeDone: mayBeDone))
        } catch {
            if (error as? PostgresFailure)?.isLost != true {
                do { try run("ROLLBACK") } catch { close() }
            }
            throw error
        }
        do {
            try run("COMMIT")
        } catch {
            var failure = error
            failure.isDoubtful = failure.isLost && isWriting
            throw failure
        }
        return value
    }
}
#endif
