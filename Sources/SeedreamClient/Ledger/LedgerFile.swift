#if Client
import AtomicFiles
import GRDB

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The SQLite file of a ledger: how it is made, recognised and brought up to date.
enum LedgerFile {
    /// Marks the file as a ledger, for this toolkit and for `file`: "SDRM" in ASCII.
    private static let applicationID = 0x5344_524D
    /// The number of migrations; a file with more was written by a later version.
    private static let version = 1

    /// Makes the file, for its user alone, if it is not there.
    static func create(_ path: String) throws(FileError) {
        // Never opens a file that is there: closing it would end the locks that SQLite has on it in this process.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            Folder.sync(Folder.containing(path))
        } else if errno != EEXIST {
            throw FileError(.write, path, errno: errno)
        }
    }

    /// Opens the file, checks that it is a ledger that can be written, and migrates it.
    static func connect(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "seedream.ledger"
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try check($0, path: path) }
        // Only now, as the file is left as it is where it is refused.
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // Apple's SQLite alone knows the difference.
            try database.execute(sql: "PRAGMA fullfsync = ON")
        }
        try migrator.migrate(queue)
        // SQLite opens without a word what it may not write; even BEGIN IMMEDIATE only reads then.
        try queue.inDatabase { try $0.execute(sql: "UPDATE job SET owner = owner WHERE FALSE") }
        return queue
    }

    private static func check(_ database: Database, path: String) throws {
        func pragma(_ name: String) throws -> Int { try Int.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0 > 0 else { return }
        guard try pragma("application_id") == applicationID else {
            throw LedgerError.damaged(path: path, reason: "it is the database of another program")
        }
        guard try pragma("user_version") <= version, try !migrator.hasBeenSuperseded(database) else {
            throw LedgerError.tooNew(path: path)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { database in
            try database.execute(
                sql: """
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
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = 1;
                    """)
        }
        return migrator
    }

    /// What an error of SQLite's, of the system's, or of a record means for whoever uses the ledger.
    static func failure(_ error: any Error, path: String, isOpen: Bool) -> LedgerError {
        switch error {
        case let error as LedgerError: return error
        case let error as FileError:
            return isOpen
                ? .cannotWrite(path: path, reason: error.description)
                : .cannotOpen(path: path, reason: error.description)
        case let error as DatabaseError:
            // Its description holds the statement; the message is SQLite's alone.
            let reason = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
            return switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_MISMATCH:
                .damaged(path: path, reason: reason)
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                .cannotWrite(path: path, reason: "another process has held it for 10 s")
            case .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CONSTRAINT:
                .cannotWrite(path: path, reason: reason)
            default:
                isOpen ? .cannotWrite(path: path, reason: reason) : .cannotOpen(path: path, reason: reason)
            }
        case is DecodingError: return .damaged(path: path, reason: "a record of it cannot be understood")
        default: return .damaged(path: path, reason: "\(error)")
        }
    }
}
#endif
