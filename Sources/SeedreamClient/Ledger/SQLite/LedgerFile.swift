#if Client
import CSQLite
import Platform

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Opens, recognizes and migrates the SQLite file of a ledger.
enum LedgerFile {
    /// Marks the file as a ledger, for this toolkit and for `file`: "SDRM" in ASCII.
    private static let applicationID = 0x5344_524D
    /// A file with a higher number was written by a later version.
    private static var version: Int { migrations.count }
    /// The time to wait for another process's write, in seconds. Our number.
    private static let patience = 10

    /// Opens the file, checks that it is a writable ledger, and migrates it.
    static func connect(_ path: String) throws -> SQLiteConnection {
        let database = try open(path, .writing)
        try recognize(database, path: path)
        // Set only now, so that a refused file is left unchanged.
        try database.run("PRAGMA journal_mode = WAL")
        try database.run("PRAGMA synchronous = FULL")
        // Has an effect only in Apple's SQLite.
        try database.run("PRAGMA fullfsync = ON")
        try migrate(database)
        // SQLite silently opens files that it may not write, and even BEGIN IMMEDIATE then only
        // reads: try a write.
        try database.run("UPDATE job SET owner = owner WHERE FALSE")
        return database
    }

    /// Opens a ledger for queries, without waiting for locks.
    ///
    /// Not read-only: such a connection to a file in WAL mode leaves `-wal` and `-shm` behind.
    static func connectForViewing(_ path: String) throws -> SQLiteConnection {
        let database = try open(path, .writing, patience: 0)
        try database.run("PRAGMA query_only = ON")
        try checkReadable(database, path: path)
        return database
    }

    /// Opens a ledger that cannot be written, without changing anything.
    static func connectForReading(_ path: String) throws -> SQLiteConnection {
        do {
            let database = try open(path, .reading)
            try checkReadable(database, path: path)
            return database
        } catch is SQLiteFailure {
            // SQLite cannot open a file in WAL mode if its folder is not writable.
            return try copy(of: path)
        }
    }

    /// Returns an in-memory copy of the file and its log.
    private static func copy(of path: String) throws -> SQLiteConnection {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "seedream-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        for suffix in ["", "-wal", "-journal"] where FileManager.default.fileExists(atPath: path + suffix) {
            let target = folder.path + "/jobs" + suffix
            try FileManager.default.copyItem(atPath: path + suffix, toPath: target)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        }
        let database = try SQLiteConnection(folder.path + "/jobs", .writing, patience: patience)
        try checkReadable(database, path: path)
        let memory = try SQLiteConnection("", .memory, patience: patience)
        try database.copy(to: memory)
        return memory
    }

    /// Opens an existing database, in a folder of any name.
    private static func open(
        _ path: String, _ access: SQLiteConnection.Access, patience: Int = patience
    ) throws -> SQLiteConnection {
        let alias = PathAlias(path)
        return try withExtendedLifetime(alias) {
            try SQLiteConnection(alias.path, access, patience: patience)
        }
    }

    // MARK: Recognition

    /// Checks that the file is a ledger. Marks a file that is still empty as one.
    ///
    /// The mark is written before anything else. A first start that ends at any moment leaves
    /// either nothing or a file with the mark, and the next start continues from there.
    private static func recognize(_ database: SQLiteConnection, path: String) throws {
        if try isUnbegun(database) {
            try database.run("PRAGMA application_id = \(applicationID)")
            return
        }
        try checkIdentity(database, path: path)
    }

    /// Returns whether a database is empty or contains only the empty table of migrations that
    /// version 0.1.0 wrote before the mark.
    private static func isUnbegun(_ database: SQLiteConnection) throws -> Bool {
        guard try pragma("application_id", database) == 0, try pragma("user_version", database) == 0
        else { return false }
        let names = try database.texts(
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        guard names == ["grdb_migrations"] else { return names.isEmpty }
        return try database.integer("SELECT count(*) FROM grdb_migrations") == 0
    }

    private static func checkIdentity(_ database: SQLiteConnection, path: String) throws {
        guard try pragma("application_id", database) == applicationID else {
            throw LedgerError.damaged(path: path, reason: "it is the database of another program")
        }
        guard try pragma("user_version", database) <= version else {
            throw LedgerError.tooNew(path: path)
        }
    }

    private static func checkReadable(_ database: SQLiteConnection, path: String) throws {
        try checkIdentity(database, path: path)
        // Files of earlier versions can be read without migration.
        guard try pragma("user_version", database) >= 1 else {
            throw LedgerError.cannotOpen(path: path, reason: "it was never completely written")
        }
    }

    private static func pragma(_ name: String, _ database: SQLiteConnection) throws -> Int {
        try database.integer("PRAGMA \(name)") ?? 0
    }

    // MARK: Migration

    /// Brings the file to the present version, each step in a transaction that no other process
    /// sees half done.
    private static func migrate(_ database: SQLiteConnection) throws {
        // Looked up without a transaction first, as most starts find nothing to do.
        while try pragma("user_version", database) < version {
            try database.transaction { database in
                let found = try pragma("user_version", database)
                guard found < version else { return }
                try database.runAll(migrations[found])
                try database.run("PRAGMA user_version = \(found + 1)")
                // Where version 0.2.0 looks for it.
                try database.run(
                    "CREATE TABLE IF NOT EXISTS grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
                try database.run("INSERT OR IGNORE INTO grdb_migrations VALUES (?)", ["v\(found + 1)"])
            }
        }
    }

    /// The statements that lead from each version to the next.
    private static let migrations = [
        """
        CREATE TABLE job (
            id TEXT NOT NULL PRIMARY KEY,
            created REAL NOT NULL,
            updated REAL NOT NULL,
            provider TEXT NOT NULL,
            state TEXT NOT NULL,
            request_id TEXT,
            owner TEXT,
            record TEXT NOT NULL
        );
        CREATE INDEX job_created ON job (created);
        CREATE INDEX job_state ON job (state, created);
        CREATE INDEX job_request ON job (request_id) WHERE request_id IS NOT NULL;
        """,
        // Jobs of version 0.1.0 have no row: they are listed and resumed, but never match a row.
        """
        ALTER TABLE job ADD COLUMN run TEXT;
        ALTER TABLE job ADD COLUMN row_key TEXT;
        ALTER TABLE job ADD COLUMN content TEXT;
        ALTER TABLE job ADD COLUMN cost REAL;
        ALTER TABLE job ADD COLUMN unit TEXT;
        CREATE UNIQUE INDEX job_row ON job (run, row_key)
            WHERE row_key IS NOT NULL AND state NOT IN ('failed', 'cancelled');
        CREATE INDEX job_run ON job (run, created) WHERE run IS NOT NULL;
        CREATE INDEX job_content ON job (content) WHERE content IS NOT NULL;
        CREATE TABLE run (
            id TEXT NOT NULL PRIMARY KEY,
            name TEXT,
            updated REAL NOT NULL,
            record TEXT NOT NULL
        );
        CREATE TABLE row (
            run TEXT NOT NULL,
            number INTEGER NOT NULL,
            label TEXT NOT NULL,
            row_key TEXT,
            state TEXT NOT NULL,
            job TEXT,
            owner TEXT,
            failure TEXT,
            PRIMARY KEY (run, number)
        ) WITHOUT ROWID;
        CREATE UNIQUE INDEX row_key ON row (run, row_key) WHERE row_key IS NOT NULL;
        CREATE INDEX row_label ON row (run, label);
        """,
        // Names of results, and covering indices for the counts in the list of runs.
        """
        CREATE TABLE name (
            folder TEXT NOT NULL,
            name TEXT NOT NULL,
            stem TEXT NOT NULL,
            number INTEGER NOT NULL,
            job TEXT NOT NULL,
            PRIMARY KEY (folder, name)
        ) WITHOUT ROWID;
        CREATE INDEX name_number ON name (folder, stem, number);
        CREATE INDEX name_job ON name (job, stem);
        ALTER TABLE row ADD COLUMN stem TEXT;
        CREATE INDEX row_stem ON row (run, stem, number) WHERE stem IS NOT NULL AND job IS NULL;
        CREATE INDEX row_job ON row (job) WHERE job IS NOT NULL;
        CREATE INDEX run_updated ON run (updated);
        CREATE INDEX job_id_state ON job (id, state);
        CREATE INDEX job_cost ON job (run, unit, cost) WHERE run IS NOT NULL;
        """,
    ]

    /// Converts an error from SQLite, the system, or the decoding of a record to a `LedgerError`.
    static func failure(_ error: any Error, path: String, isOpen: Bool) -> LedgerError {
        switch error {
        case let error as LedgerError: return error
        case let error as FileError:
            return isOpen
                ? .cannotWrite(path: path, reason: error.description)
                : .cannotOpen(path: path, reason: error.description)
        case let error as SQLiteFailure: return failure(error, path: path, isOpen: isOpen)
        case is DecodingError: return .damaged(path: path, reason: "one of its records cannot be decoded")
        case let error as CocoaError:
            return .cannotOpen(path: path, reason: "it cannot be copied: \(error.code)")
        default: return .damaged(path: path, reason: "\(error)")
        }
    }

    private static func failure(_ error: SQLiteFailure, path: String, isOpen: Bool) -> LedgerError {
        let reason = error.message
        if error.isWithoutLocks {
            return .cannotLock(path: path, fileSystem: FileSystem.sharedName(at: path))
        }
        switch error.primaryCode {
        case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH:
            return .damaged(path: path, reason: reason)
        case SQLITE_BUSY, SQLITE_LOCKED:
            // SQLite reports the same for file systems without working locks as for locks held by
            // others.
            let doubt = FileSystem.sharedName(at: path).map {
                ", or its file system (\($0)) has no working locks"
            }
            return .cannotWrite(
                path: path, reason: "another process has locked it for \(patience) s\(doubt ?? "")")
        case SQLITE_READONLY, SQLITE_FULL, SQLITE_IOERR, SQLITE_CONSTRAINT:
            return .cannotWrite(path: path, reason: reason)
        default:
            return isOpen ? .cannotWrite(path: path, reason: reason) : .cannotOpen(path: path, reason: reason)
        }
    }
}
#endif
