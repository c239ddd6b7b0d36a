#if Postgres
import Platform
import SeedreamModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A ledger in a PostgreSQL database that processes on several machines can share.
///
/// A change is durable on the server when its method returns (`synchronous_commit`). A server that
/// fails over to an asynchronous standby may lose the last changes.
///
/// A process owns its jobs for the time of a lease, which it renews while it runs. When the lease
/// has expired by the server's clock, other processes may claim its jobs. A suspended process that
/// continues later loses no record: what it learns from the provider is recorded as before, and
/// the rows that it had not sent yet are refused to it.
///
/// Cancelling a task does not interrupt any method: a provider's answer is always recorded. A
/// server that is gone is waited for 10 s.
public final class PostgresLedger: JobLedger, ClosableLedger {
    /// The time for which a process owns its jobs without renewing its lease, in seconds.
    public static let leaseTime = 30.0
    /// The time for which a call waits for a server that is gone, in seconds. As long as a process
    /// waits for another one's lock on an SQLite file.
    public static let patience = 10.0

    /// The URL without its password.
    public var url: String { source.url.masked }
    package let identity: String

    let source: PostgresWorker.Source
    let pool: PostgresPool
    /// `nil` if the ledger is open for reading only.
    let owner: PostgresOwner?

    /// The claims of rows that this process has begun, by run and number.
    let begun = Mutex<[RowPlace: Int]>([:])

    struct RowPlace: Hashable {
        var run: String
        var number: Int
    }

    private init(_ pool: PostgresPool, identity: String, owner: PostgresOwner?) {
        self.pool = pool
        source = pool.source
        self.identity = identity
        self.owner = owner
    }

    /// Opens a ledger, and blocks the calling thread until it is connected.
    ///
    /// - Parameters:
    ///   - url: `postgresql://user@host:port/database`, with libpq's parameters after `?`. If it
    ///     has no password, libpq takes it from `PGPASSWORD` or `~/.pgpass`.
    ///   - access: How to open it. Default: ``LedgerAccess/creating``, which makes the schema
    ///     `seedream` in the database. The database itself must exist.
    /// - Throws: ``LedgerError/cannotConnect(url:cause:reason:)``,
    ///   ``LedgerError/absent(path:)``, ``LedgerError/tooNew(path:)``,
    ///   ``LedgerError/cannotWrite(path:reason:)`` for a server that is read-only,
    ///   ``LedgerError/damaged(path:reason:)`` if another program has a schema of the same name.
    public static func open(_ url: String, access: LedgerAccess = .creating) throws(LedgerError)
        -> PostgresLedger
    {
        guard let url = DatabaseURL(url) else {
            throw .cannotConnect(url: "the ledger", cause: .unsuitable, reason: "the URL has another scheme")
        }
        return try open(url, access: access)
    }

    /// Opens a ledger as the blocking ``open(_:access:)`` does, without blocking a thread of Swift
    /// concurrency.
    public static func open(_ url: String, access: LedgerAccess = .creating) async throws(LedgerError)
        -> PostgresLedger
    {
        let result: Result<PostgresLedger, LedgerError> = await withCheckedContinuation { continuation in
            let opening: @Sendable () -> Result<PostgresLedger, LedgerError> = {
                do throws(LedgerError) {
                    return .success(try blocking(url, access))
                } catch {
                    return .failure(error)
                }
            }
            let thread = try? WorkerThread { continuation.resume(returning: opening()) }
            if thread == nil { continuation.resume(returning: opening()) }
        }
        return try result.get()
    }

    private static func blocking(_ url: String, _ access: LedgerAccess) throws(LedgerError)
        -> PostgresLedger
    {
        try open(url, access: access)
    }

    /// Opens a ledger, with other times and folders for tests.
    ///
    /// - Parameters:
    ///   - lease: The time of the lease, in seconds. It is renewed after a third of it.
    ///   - patience: The time to wait for a server that is gone, in seconds.
    ///   - stateFolder: The folder for images in replies. Default: the user's state folder.
    package static func open(
        _ url: DatabaseURL, access: LedgerAccess = .creating, lease: Double = PostgresLedger.leaseTime,
        patience: Double = PostgresLedger.patience, stateFolder: String? = nil
    ) throws(LedgerError) -> PostgresLedger {
        if let reason = url.ambiguity {
            throw .cannotConnect(url: url.masked, cause: .unsuitable, reason: reason)
        }
        if access == .viewing || access == .creating || access == .existing {
            return try connect(url, access, isWriting: access != .viewing, lease, patience, stateFolder)
        }
        do throws(LedgerError) {
            return try connect(url, access, isWriting: true, lease, patience, stateFolder)
        } catch {
            switch error {
            case .cannotWrite, .cannotConnect(_, .rights, _):
                return try connect(url, access, isWriting: false, lease, patience, stateFolder)
            default: throw error
            }
        }
    }

    private static func connect(
        _ url: DatabaseURL, _ access: LedgerAccess, isWriting: Bool, _ lease: Double, _ patience: Double,
        _ stateFolder: String?
    ) throws(LedgerError) -> PostgresLedger {
        var source = PostgresWorker.Source(url: url, isWriting: isWriting)
        if access == .viewing { source.limits.connecting = 2 }
        let opening = PostgresPool(source, patience: access == .viewing ? 0 : patience)
        defer { opening.close(isWaiting: false) }
        let identity = try opening.blocking { worker in
            let connection = try worker.connectFirst()
            if let reason = connection.unsuitability {
                throw LedgerError.cannotConnect(url: url.masked, cause: .unsuitable, reason: reason)
            }
            return try worker.transaction(since: .now, isWriting: isWriting) { transaction in
                var state = try PostgresSchema.state(transaction)
                if state == .absent, access == .creating {
                    // Another process may be creating it.
                    try transaction.lock(["schema"])
                    state = try PostgresSchema.state(transaction)
                    if state == .absent {
                        let identity = UUID().uuidString.lowercased()
                        try PostgresSchema.migrate(transaction, identity: identity)
                        return identity
                    }
                }
                guard case .current(let identity) = state else {
                    throw PostgresSchema.error(state, url)
                }
                // Refuses a user who may only read, before anything is bought.
                if isWriting { try transaction.run("UPDATE seedream.owner SET name = name WHERE FALSE") }
                return identity
            }
        }
        source.identity = identity
        let pool = PostgresPool(source, patience: patience)
        guard isWriting else { return PostgresLedger(pool, identity: "postgresql:\(identity)", owner: nil) }
        do throws(LedgerError) {
            let owner = try PostgresOwner(
                identity, pool, lease: lease, in: stateFolder ?? StateFolder.path())
            return PostgresLedger(pool, identity: "postgresql:\(identity)", owner: owner)
        } catch {
            pool.close(isWaiting: false)
            throw error
        }
    }

    deinit { leave(isWaiting: false) }

    /// Releases all jobs and ends the connections; the ledger cannot be used afterwards.
    /// Deinitialization does the same, without waiting for it.
    public func close() { leave(isWaiting: true) }

    private func leave(isWaiting: Bool) {
        owner?.leave()
        pool.close(isWaiting: isWaiting)
    }

    /// A folder on this machine, for this instance alone.
    public var spoolFolder: String? { owner?.spoolFolder }

    package var pendingFolder: String? { nil }

    // MARK: Access

    /// Returns this instance as an owner of jobs; throws if the ledger is open for reading only.
    func owned() throws(LedgerError) -> PostgresOwner {
        guard let owner else {
            throw .cannotWrite(path: source.url.masked, reason: "it was opened for reading only")
        }
        return owner
    }

    /// Runs queries in one transaction, so that they see the same state.
    func read<Value: Sendable>(_ work: @escaping @Sendable (PostgresTransaction) throws -> Value)
        async throws(LedgerError) -> Value
    {
        try await pool.transaction(isWriting: false, work)
    }

    /// Runs work in a transaction that may write.
    func write<Value: Sendable>(_ work: @escaping @Sendable (PostgresTransaction) throws -> Value)
        async throws(LedgerError) -> Value
    {
        _ = try owned()
        return try await pool.transaction(work)
    }

    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, _ row: PostgresRow, _ column: String = "record")
        throws -> Value
    {
        try JSONDecoder().decode(Value.self, from: Data(try row.text(column).utf8))
    }
}

extension PostgresConnection {
    /// The reason why the server or the database cannot hold a ledger.
    fileprivate var unsuitability: String? {
        let version = parameter("server_version") ?? ""
        if let major = Int(version.prefix { $0.isNumber }), major < PostgresSchema.minimumServer {
            return "expected PostgreSQL \(PostgresSchema.minimumServer) or later, found \(version)"
        }
        let encoding = parameter("server_encoding") ?? "UTF8"
        return encoding == "UTF8" ? nil : "expected a database with the encoding UTF8, found \(encoding)"
    }
}
#endif
