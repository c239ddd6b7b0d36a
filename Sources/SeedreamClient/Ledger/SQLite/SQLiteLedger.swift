#if Client
import Platform
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A ledger in an SQLite file that several processes can share.
///
/// A change is durable when its method returns: WAL with `synchronous=FULL`. A process waits at
/// most 10 s for another process's write. Each instance locks a file in `<path>.owners` while it
/// lives. A killed process leaves it unlocked: its jobs can be claimed, the next start removes it.
///
/// Cancelling a task does not interrupt any method: a provider's answer is always recorded.
public final class SQLiteLedger: JobLedger {
    /// The path of the file. While it is open, `<path>-wal` and `<path>-shm` exist too.
    public let path: String
    private let queue: SQLiteQueue
    /// `nil` if the file is open for reading only.
    private let owner: LedgerOwner?

    /// How a ledger is opened if it does not exist or cannot be written.
    public typealias Access = LedgerAccess

    /// `jobs.sqlite` in `$XDG_STATE_HOME/seedream` or `~/.local/state/seedream`; on macOS in
    /// `~/Library/Application Support/seedream`.
    public static var defaultPath: String { "\(StateFolder.path())/jobs.sqlite" }

    private init(path: String, queue: SQLiteQueue, owner: LedgerOwner?) {
        self.path = path
        self.queue = queue
        self.owner = owner
    }

    /// Opens a ledger.
    ///
    /// A new file has mode 0600, new folders 0700. The file must belong to this user, and no other
    /// user may be able to change or replace it. A link must point to an existing file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - access: How to open it. Default: created if it does not exist.
    /// - Throws: ``LedgerError/absent(path:)`` if it does not exist and must not be created;
    ///   ``LedgerError/foreign(path:)`` and ``LedgerError/exposed(path:mode:)``;
    ///   ``LedgerError/cannotOpen(path:reason:)``; ``LedgerError/cannotWrite(path:reason:)`` if the
    ///   file is read-only; ``LedgerError/cannotLock(path:fileSystem:)``,
    ///   ``LedgerError/damaged(path:reason:)``, ``LedgerError/tooNew(path:)``. A refused file is
    ///   left unchanged.
    public static func open(path: String = SQLiteLedger.defaultPath, access: Access = .creating)
        throws(LedgerError) -> SQLiteLedger
    {
        if access == .viewing { return try openForViewing(path) }
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
        // One process at a time: two that switch a new file to WAL or migrate it at the same moment
        // would fail.
        let opening = try owners.waitForOpening(of: path)
        defer { opening.unlock() }
        do {
            if !place.isThere { try place.create() }
            // Check again, as another process may have created it meanwhile.
            let place = try LedgerPlace(path)
            let queue = SQLiteQueue(try LedgerFile.connect(place.path))
            let owner = try owners.join { name in try queue.blocking { try isNeeded(name, $0) } }
            return SQLiteLedger(path: path, queue: queue, owner: owner)
        } catch {
            throw LedgerFile.failure(error, path: path, isOpen: false)
        }
    }

    /// - Parameter failure: The error of opening the file for writing, thrown if it cannot be read
    ///   either.
    private static func openForReading(_ path: String, after failure: LedgerError) throws(LedgerError)
        -> SQLiteLedger
    {
        let place = try LedgerPlace(path)
        guard place.isThere else { throw .absent(path: path) }
        do {
            let queue = SQLiteQueue(try LedgerFile.connectForReading(place.path))
            return SQLiteLedger(path: path, queue: queue, owner: nil)
        } catch {
            throw failure
        }
    }

    private static func openForViewing(_ path: String) throws(LedgerError) -> SQLiteLedger {
        let place = try LedgerPlace(path)
        guard place.isThere else { throw .absent(path: path) }
        do {
            let queue = SQLiteQueue(try LedgerFile.connectForViewing(place.path))
            return SQLiteLedger(path: path, queue: queue, owner: nil)
        } catch {
            throw LedgerFile.failure(error, path: path, isOpen: false)
        }
    }

    /// Returns whether an open job, or one of unknown outcome, has an image of this name in the
    /// spool. The name has 128 random bits, so a record that contains it anywhere refers to this
    /// file.
    private static func isNeeded(_ name: String, _ database: SQLiteConnection) throws -> Bool {
        let open = JobState.allCases.filter { !$0.isFinal || $0 == .unknown }.map { "'\($0.rawValue)'" }
        return try database.integer(
            """
            SELECT 1 FROM job
            WHERE state IN (\(open.joined(separator: ", "))) AND instr(record, ?) > 0
            LIMIT 1
            """,
            [name]) != nil
    }

    /// A folder in `<path>.spool` for this instance alone. The next process that opens the ledger
    /// removes what a killed process has left there, except images that a job still needs.
    public var spoolFolder: String? {
        guard let owner else { return nil }
        // An absolute path: jobs record where their images are, and may be resumed from another
        // folder.
        return owner.spool.hasPrefix("/")
            ? owner.spool : "\(PathText.currentFolder ?? ".")/\(owner.spool)"
    }

    /// Releases all jobs and closes the file; the instance cannot be used afterwards.
    /// Deinitialization does the same.
    public func close() {
        owner?.leave()
        queue.blocking { $0.close() }
    }

    // MARK: Jobs

    /// Inserts a new job, owned by this instance, and makes its row `submitting`.
    public func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError) {
        try await insert(job, within: budget, slots: nil)
    }

    /// Inserts a new job, owned by this instance, if its account has a free slot.
    public func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) async throws(LedgerError) {
        let owner = try owned().name
        try await transaction { database in
            try Self.checkRow(of: job, within: budget, database)
            try Self.checkSlots(of: job, slots, database)
            let job = try Self.reserveNames(of: job, database)
            try database.run(
                """
                INSERT INTO job
                    (id, created, updated, provider, state, request_id, owner, record,
                    run, row_key, content, cost, unit)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    job.id, job.created, job.updated, job.provider.rawValue, job.state.rawValue,
                    job.providerRequestID, owner, try Self.text(of: job), job.row?.run, job.row?.key,
                    job.row?.content, job.worstCost, job.estimate?.unit.rawValue,
                ])
            try Self.noteRow(of: job, database)
        }
    }

    /// Changes a job in one transaction and returns it. Ownership is not checked: another process
    /// may have to record that it asked the provider to cancel.
    @discardableResult
    public func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    {
        try await transaction { database in
            let text = try database.text("SELECT record FROM job WHERE id = ?", [id])
            guard let text else { throw LedgerError.notFound(id) }
            let earlier = try Self.record(text)
            let job = try earlier.changed(by: change)
            if earlier.names != nil, job.names == nil { try Self.forgetNames(of: id, database) }
            try database.run(
                """
                UPDATE job SET updated = ?, state = ?, request_id = ?, record = ?, cost = ? WHERE id = ?
                """,
                [
                    job.updated, job.state.rawValue, job.providerRequestID, try Self.text(of: job),
                    job.worstCost,
                    id,
                ])
            return job
        }
    }

    /// Returns the job with this ID or provider's request ID, or the only one whose ID begins with
    /// this text of at least 4 characters.
    public func job(_ id: String) async throws(LedgerError) -> JobRecord? {
        try await perform { database in
            let own = id.lowercased()
            let column = "SELECT record FROM job WHERE"
            var texts = try database.texts("\(column) id = ?", [own])
            if texts.isEmpty {
                texts = try database.texts("\(column) request_id = ?", [id])
            }
            if texts.isEmpty, own.count >= 4 {
                // SQLite compares texts byte by byte; the upper bound sorts after every text with
                // this prefix.
                texts = try database.texts("\(column) id >= ? AND id < ?", [own, own + "\u{10FFFF}"])
            }
            guard texts.count <= 1 else { throw LedgerError.ambiguous(id, count: texts.count) }
            return try texts.first.map(Self.record)
        }
    }

    /// Returns all jobs, newest first.
    public func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord] {
        try await perform { database in
            // In SQLite a negative limit means no limit.
            try database.texts(Self.newest(in: states, limit: limit.map { max(0, $0) } ?? -1))
                .map(Self.record)
        }
    }

    /// The query for the records of jobs, newest first. It reads at most `limit` jobs of each
    /// state.
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

    /// Makes this instance the owner of a job that was released or whose owner is no longer alive.
    public func claim(_ id: String) async throws(LedgerError) -> JobRecord? {
        let owner = try owned()
        return try await transaction { database in
            let rows = try database.run("SELECT owner, record FROM job WHERE id = ?", [id])
            guard let row = rows.first else { throw LedgerError.notFound(id) }
            if let other = try row.optional("owner"), try owner.isElsewhereAlive(other) { return nil }
            try database.run("UPDATE job SET owner = ? WHERE id = ?", [owner.name, id])
            return try Self.record(row.text("record"))
        }
    }

    /// Releases a job; does nothing if another instance owns it.
    public func release(_ id: String) async throws(LedgerError) {
        let owner = try owned().name
        try await transaction { database in
            try database.run("UPDATE job SET owner = NULL WHERE id = ? AND owner = ?", [id, owner])
            if database.changes == 0,
                try database.integer("SELECT 1 FROM job WHERE id = ?", [id]) == nil
            {
                throw LedgerError.notFound(id)
            }
        }
    }

    // MARK: Access

    /// Returns this instance as an owner of jobs; throws if the file is open for reading only.
    func owned() throws(LedgerError) -> LedgerOwner {
        guard let owner else { throw .cannotWrite(path: path, reason: "it was opened for reading only") }
        return owner
    }

    /// Runs work with the connection on the queue's own thread, regardless of task cancellation and
    /// of how long another process keeps it waiting.
    func perform<Value: Sendable>(_ work: @escaping @Sendable (SQLiteConnection) throws -> Value)
        async throws(LedgerError)
        -> Value
    {
        try await queue.run(work).mapError { LedgerFile.failure($0, path: path, isOpen: true) }.get()
    }

    /// Runs work in a transaction that is the only writer from its start, so that what it reads
    /// still holds when it writes.
    func transaction<Value: Sendable>(_ work: @escaping @Sendable (SQLiteConnection) throws -> Value)
        async throws(LedgerError)
        -> Value
    {
        _ = try owned()
        return try await perform { try $0.transaction(work) }
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
