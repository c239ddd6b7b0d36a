#if Client
import AtomicFiles
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A ledger in an SQLite file that several processes share.
///
/// A change is on the medium when its method returns: WAL with `synchronous=FULL`. A process that
/// waits for another one's change waits 10 s at most. Each instance is an owner of its own, known
/// by a file in `<path>.owners` that is locked while it lives; a killed process leaves the file
/// behind, unlocked, and its jobs can be claimed. The next start removes it.
///
/// Cancelling a task stops none of the methods: what a host has accepted is written down all the
/// same.
public final class SQLiteLedger: JobLedger {
    /// The file. Two more lie beside it while it is open: `<path>-wal` and `<path>-shm`.
    public let path: String
    private let queue: DatabaseQueue
    /// `nil` where the file is open for reading alone.
    private let owner: LedgerOwner?

    /// What is done where there is no ledger, or none that can be written.
    public enum Access: Hashable, Sendable {
        /// A ledger is made where there is none.
        case creating
        /// There must be one.
        case existing
        /// There must be one; if it cannot be written, it is opened for reading alone.
        case reading
    }

    /// `jobs.sqlite` in `$XDG_STATE_HOME/seedream` or `~/.local/state/seedream`; on macOS in
    /// `~/Library/Application Support/seedream`.
    public static var defaultPath: String { "\(StateFolder.path())/jobs.sqlite" }

    private init(path: String, queue: DatabaseQueue, owner: LedgerOwner?) {
        self.path = path
        self.queue = queue
        self.owner = owner
    }

    /// Opens a ledger.
    ///
    /// A file that is made has mode 0600, its folders 0700. The file must belong to this user, and
    /// no one else may be able to change or replace it. A link is followed to a file that exists.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - access: Default: ``Access/creating``.
    /// - Throws: ``LedgerError/absent(path:)`` unless a ledger may be made;
    ///   ``LedgerError/foreign(path:)`` and ``LedgerError/exposed(path:mode:)``;
    ///   ``LedgerError/cannotOpen(path:reason:)``, ``LedgerError/cannotWrite(path:reason:)`` where
    ///   the file is read-only, ``LedgerError/cannotLock(path:fileSystem:)``,
    ///   ``LedgerError/damaged(path:reason:)``, ``LedgerError/tooNew(path:)``. A file that is
    ///   refused is left as it was.
    public static func open(path: String = SQLiteLedger.defaultPath, access: Access = .creating)
        throws(LedgerError) -> SQLiteLedger
    {
        do throws(LedgerError) {
            return try openForWriting(path, creates: access == .creating)
        } catch {
            guard access == .reading else { throw error }
            switch error {
            case .cannotOpen, .cannotWrite, .cannotLock: return try openForReading(path, after: error)
            default: throw error
            }
        }
    }

    private static func openForWriting(_ path: String, creates: Bool) throws(LedgerError) -> SQLiteLedger {
        if creates {
            do throws(FileError) {
                try Folder.make(Folder.containing(path), mode: 0o700)
            } catch {
                throw .cannotOpen(path: path, reason: error.description)
            }
        }
        let place = try LedgerPlace(path)
        guard creates || place.isThere else { throw .absent(path: path) }
        let owners = LedgerOwners(of: place.path)
        do throws(FileError) {
            try owners.makeFolder()
        } catch {
            throw .cannotOpen(path: path, reason: error.description)
        }
        // One at a time: two that change a new file to WAL, or migrate it, at the same moment would
        // fail.
        let opening = try owners.waitForOpening(of: path)
        defer { opening.unlock() }
        do {
            if !place.isThere { try place.create() }
            // Again, as another process may have made it meanwhile.
            let place = try LedgerPlace(path)
            let queue = try LedgerFile.connect(place.path)
            let owner = try owners.join { name in try queue.read { try isNeeded(name, $0) } }
            return SQLiteLedger(path: path, queue: queue, owner: owner)
        } catch {
            throw LedgerFile.failure(error, path: path, isOpen: false)
        }
    }

    /// - Parameter failure: Why the file cannot be written, which is thrown if it cannot be read
    ///   either.
    private static func openForReading(_ path: String, after failure: LedgerError) throws(LedgerError)
        -> SQLiteLedger
    {
        let place = try LedgerPlace(path)
        guard place.isThere else { throw .absent(path: path) }
        do {
            let queue = try LedgerFile.connectForReading(place.path)
            return SQLiteLedger(path: path, queue: queue, owner: nil)
        } catch {
            throw failure
        }
    }

    /// Whether a job that is not over has an image of that name in the spool. The name is one of
    /// 128 random bits, so that a record that holds it anywhere means this file.
    private static func isNeeded(_ name: String, _ database: Database) throws -> Bool {
        let open = JobState.allCases.filter { !$0.isFinal || $0 == .unknown }.map { "'\($0.rawValue)'" }
        return try Int.fetchOne(
            database,
            sql: """
                SELECT 1 FROM job
                WHERE state IN (\(open.joined(separator: ", "))) AND instr(record, ?) > 0
                """,
            arguments: [name]) != nil
    }

    /// A folder of this instance's own in `<path>.spool`. The next one to open the ledger removes
    /// what a killed process has left there, except for images that a job still needs.
    public var spoolFolder: String? {
        guard let owner else { return nil }
        // A job records where its images are, and may be resumed from another folder.
        return owner.spool.hasPrefix("/")
            ? owner.spool : "\(PathText.currentFolder ?? ".")/\(owner.spool)"
    }

    /// Gives up all jobs and closes the file; nothing can be done afterwards. The end of the
    /// instance does the same.
    public func close() {
        owner?.leave()
        // It fails only where a statement is still in use, and none outlives the call that made it.
        try? queue.close()
    }

    // MARK: Jobs

    /// Keeps a new job, owned by this instance, and makes its row `submitting`.
    public func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
        let owner = try owned().name
        try await transaction { database in
            try Self.checkRow(of: job, within: budget, database)
            let job = try Self.reserveNames(of: job, database)
            try database.execute(
                sql: """
                    INSERT INTO job
                        (id, created, updated, provider, state, request_id, owner, record,
                        run, row_key, content, cost, unit)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id, job.created, job.updated, job.provider.rawValue, job.state.rawValue,
                    job.hostRequestID, owner, try Self.text(of: job), job.row?.run, job.row?.key,
                    job.row?.content, job.worstCost, job.estimate?.unit.rawValue,
                ])
            try Self.noteRow(of: job, database)
        }
    }

    /// Changes a job, in one transaction, and returns it. Who owns it is not looked at: another
    /// process may have to record that it asked the host to cancel.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    {
        try await transaction { database in
            let text = try String.fetchOne(
                database, sql: "SELECT record FROM job WHERE id = ?", arguments: [id])
            guard let text else { throw LedgerError.notFound(id) }
            let earlier = try Self.record(text)
            let job = try earlier.changed(by: change)
            if earlier.names != nil, job.names == nil { try Self.forgetNames(of: id, database) }
            try database.execute(
                sql: """
                    UPDATE job SET updated = ?, state = ?, request_id = ?, record = ?, cost = ? WHERE id = ?
                    """,
                arguments: [
                    job.updated, job.state.rawValue, job.hostRequestID, try Self.text(of: job), job.worstCost,
                    id,
                ])
            return job
        }
    }

    /// The job of that id, of the host's id of its request, or the only one whose id begins so (4
    /// characters or more).
    public func job(_ id: String) async throws(LedgerError) -> JobRecord? {
        try await perform { database in
            let own = id.lowercased()
            let column = "SELECT record FROM job WHERE"
            var texts = try String.fetchAll(database, sql: "\(column) id = ?", arguments: [own])
            if texts.isEmpty {
                texts = try String.fetchAll(database, sql: "\(column) request_id = ?", arguments: [id])
            }
            if texts.isEmpty, own.count >= 4 {
                // Texts are compared byte by byte, and this is beyond all that begin so.
                texts = try String.fetchAll(
                    database, sql: "\(column) id >= ? AND id < ?", arguments: [own, own + "\u{10FFFF}"])
            }
            guard texts.count <= 1 else { throw LedgerError.ambiguous(id, count: texts.count) }
            return try texts.first.map(Self.record)
        }
    }

    /// All jobs, the newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            // A negative limit is none.
            try String.fetchAll(database, sql: Self.newest(in: states, limit: limit.map { max(0, $0) } ?? -1))
                .map(Self.record)
        }
    }

    /// The records of jobs, the newest first. Of each state no more are looked at than are asked
    /// for.
    package static func newest(in states: Set<JobState>?, limit: Int) -> String {
        guard let states else {
            return "SELECT record FROM job ORDER BY created DESC, rowid DESC LIMIT \(limit)"
        }
        let parts = (states.isEmpty ? ["none"] : states.map(\.rawValue)).map { state in
            """
            SELECT * FROM (SELECT rowid AS number, created FROM job WHERE state = '\(state)'
            ORDER BY created DESC, rowid DESC LIMIT \(limit))
            """
        }
        return """
            SELECT job.record FROM (\(parts.joined(separator: " UNION ALL "))) AS newest
            CROSS JOIN job ON job.rowid = newest.number
            ORDER BY newest.created DESC, newest.number DESC LIMIT \(limit)
            """
    }

    /// Makes this instance the owner of a job whose owner has let go of it or is no longer alive.
    public func claim(_ id: String) async throws(LedgerError) -> JobRecord? {
        let owner = try owned()
        return try await transaction { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT owner, record FROM job WHERE id = ?", arguments: [id])
            guard let row else { throw LedgerError.notFound(id) }
            if let other = row["owner"] as String?, try owner.isElsewhereAlive(other) { return nil }
            try database.execute(
                sql: "UPDATE job SET owner = ? WHERE id = ?", arguments: [owner.name, id])
            return try Self.record(row["record"])
        }
    }

    /// Lets go of a job; does nothing if another one owns it.
    public func release(_ id: String) async throws(LedgerError) {
        let owner = try owned().name
        try await transaction { database in
            try database.execute(
                sql: "UPDATE job SET owner = NULL WHERE id = ? AND owner = ?", arguments: [id, owner])
            if database.changesCount == 0,
                try Int.fetchOne(database, sql: "SELECT 1 FROM job WHERE id = ?", arguments: [id]) == nil
            {
                throw LedgerError.notFound(id)
            }
        }
    }

    // MARK: Access

    /// This instance as an owner of jobs.
    func owned() throws(LedgerError) -> LedgerOwner {
        guard let owner else { throw .cannotWrite(path: path, reason: "it was opened for reading alone") }
        return owner
    }

    /// Does work with the connection on the queue's own thread, however long another process keeps
    /// it waiting, and whether or not the task is cancelled.
    func perform<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(LedgerError)
        -> Value
    {
        let path = path
        let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    returning: Result { try work(database) }
                        .mapError { LedgerFile.failure($0, path: path, isOpen: true) })
            }
        }
        return try result.get()
    }

    /// The same in a transaction that is the only writer from its beginning on, so that what it
    /// reads is still so when it writes.
    func transaction<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value)
        async throws(LedgerError)
        -> Value
    {
        _ = try owned()
        return try await perform { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            do {
                let value = try work(database)
                try database.execute(sql: "COMMIT")
                return value
            } catch {
                // A full disk may have rolled it back already.
                if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
                throw error
            }
        }
    }

    static func text(of job: JobRecord) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(job), as: UTF8.self)
    }

    static func record(_ text: String) throws -> JobRecord {
        try JSONDecoder().decode(JobRecord.self, from: Data(text.utf8))
    }
}
#endif
