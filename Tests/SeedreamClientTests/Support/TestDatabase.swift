#if Client
import Foundation
import SeedreamClient

/// Access to the files of ledgers beside the ledger.
enum TestDatabase {
    /// Opens an SQLite file, which is created if it does not exist.
    static func open(_ path: String) throws -> SQLiteConnection {
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        return try SQLiteConnection(path, .writing, patience: 10)
    }

    /// Runs statements without values.
    static func change(_ path: String, _ sql: String) throws {
        let database = try open(path)
        try database.runAll(sql)
        database.close()
    }
}
#endif
