#if Postgres
import Platform

/// A thread's connection, which is made when it is needed, and again after it was lost.
final class PostgresWorker {
    /// What connections are made to.
    struct Source: Sendable {
        var url: DatabaseURL
        var limits = PostgresConnection.Limits()
        /// Whether the ledger may be written.
        var isWriting = true
        /// The ledger that was opened; `nil` while it is being opened. Its address may lead to
        /// another database later.
        var identity: String?

        func ledgerError(_ error: any Error) -> LedgerError {
            switch error {
            case let error as LedgerError: error
            case let error as PostgresFailure: error.ledgerError(url, isOpen: identity != nil)
            case is DecodingError:
                .damaged(path: url.masked, reason: "one of its records cannot be decoded")
            default: .damaged(path: url.masked, reason: "\(error)")
            }
        }
    }

    private let pool: PostgresPool
    private var connection: PostgresConnection?

    init(pool: PostgresPool) { self.pool = pool }

    func disconnect() {
        connection?.close()
        connection = nil
    }

    /// Runs work in a transaction.
    ///
    /// A transaction that a conflict ended is repeated. After a lost connection, new ones are tried
    /// until the call has waited for the pool's patience. If the connection was lost during the
    /// commit, the work is repeated, and told so.
    ///
    /// - Parameter start: The start of the call, which may have waited for a thread.
    func transaction<Value>(
        since start: ContinuousClock.Instant, isWriting: Bool,
        _ work: (PostgresTransaction) throws -> Value
    ) throws -> Value {
        let deadline = start + .seconds(pool.patience)
        var mayBeDone = false
        var pause = 0.02
        while true {
            do {
                if connection == nil, let failure = pool.loss(since: start) { throw failure }
                return try connected().transaction(isWriting: isWriting, mayBeDone: mayBeDone, work)
            } catch let failure as PostgresFailure where failure.isLost || failure.isConflict {
                if failure.isLost { disconnect() }
                mayBeDone = mayBeDone || failure.isDoubtful
                if failure.connecting == .unreachable { pool.noteLoss(failure) }
                let wait = Double.random(in: pause / 2...pause)
                guard !failure.isPermanent, ContinuousClock.now + .seconds(wait) < deadline else {
                    throw failure
                }
                usleep(UInt32(wait * 1_000_000))
                pause = min(pause * 2, 1)
            }
        }
    }

    /// Returns the connection, or a new one to the same ledger.
    private func connected() throws -> PostgresConnection {
        if let connection { return connection }
        let source = pool.source
        let made = try PostgresConnection(
            source.url, isWriting: source.isWriting, limits: source.limits)
        if let identity = source.identity {
            try made.transaction(isWriting: false) { transaction in
                let found = try PostgresSchema.state(transaction)
                guard case .current(identity) = found else {
                    throw PostgresSchema.error(found, replacing: identity, source.url)
                }
            }
        }
        pool.noteConnected()
        connection = made
        return made
    }

    /// Connects without repetition, so that an error in the address is reported at once. Only a
    /// server that is starting is waited for.
    func connectFirst() throws -> PostgresConnection {
        let deadline = ContinuousClock.now + .seconds(pool.patience)
        while true {
            do {
                return try connected()
            } catch let failure as PostgresFailure {
                guard failure.connecting == .busy, ContinuousClock.now < deadline else { throw failure }
                usleep(200_000)
            }
        }
    }
}
#endif
