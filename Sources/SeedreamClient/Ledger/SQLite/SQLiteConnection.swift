#if Client
import CSQLite

/// A connection to an SQLite database. One thread at a time uses it.
///
/// The library is that of the system. What the ledger needs of it is little: statements with
/// values, rows, and the codes of its errors.
package final class SQLiteConnection {
    /// What a connection may do.
    package enum Access {
        /// Reads and writes an existing file.
        case writing
        /// Reads an existing file.
        case reading
        /// Reads and writes a new database in memory.
        case memory
    }

    /// `nil` once the connection is closed.
    private var handle: OpaquePointer?

    /// Opens a database. Nothing is read from a file yet.
    ///
    /// - Parameters:
    ///   - path: The file; ignored for a database in memory.
    ///   - access: What the connection may do.
    ///   - patience: The time to wait for a lock of another process, in seconds. 0 fails at once.
    package init(_ path: String, _ access: Access, patience: Int) throws(SQLiteFailure) {
        let flags =
            switch access {
            case .writing: SQLITE_OPEN_READWRITE
            case .reading: SQLITE_OPEN_READONLY
            case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            }
        // The caller sees to it that one thread at a time is in a connection.
        let code = sqlite3_open_v2(
            access == .memory ? ":memory:" : path, &handle,
            flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            defer { close() }
            throw failure(code)
        }
        sqlite3_busy_timeout(handle, Int32(patience * 1000))
    }

    deinit { close() }

    /// Closes the connection, which cannot be used afterwards.
    package func close() {
        // Fails only if a statement is still in use, and none outlives the call that made it.
        sqlite3_close(handle)
        handle = nil
    }

    // MARK: Statements

    /// Runs one statement and returns its rows.
    @discardableResult
    package func run(_ sql: String, _ values: [(any SQLiteValue)?] = []) throws(SQLiteFailure) -> [SQLiteRow]
    {
        let statement = try prepared(sql, values)
        defer { sqlite3_finalize(statement) }
        let columns = Self.columns(of: statement)
        var rows: [SQLiteRow] = []
        while try step(statement) { rows.append(SQLiteRow(columns: columns, statement)) }
        return rows
    }

    /// Runs one statement and calls `body` with each row as it is found.
    package func forEachRow(
        of sql: String, _ values: [(any SQLiteValue)?], _ body: (SQLiteRow) throws -> Void
    ) throws {
        let statement = try prepared(sql, values)
        defer { sqlite3_finalize(statement) }
        let columns = Self.columns(of: statement)
        while try step(statement) { try body(SQLiteRow(columns: columns, statement)) }
    }

    /// Runs several statements without values.
    package func runAll(_ sql: String) throws(SQLiteFailure) {
        let code = sqlite3_exec(try opened(), sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// The number of rows that the last statement changed.
    package var changes: Int { handle.map { Int(sqlite3_changes($0)) } ?? 0 }

    /// Whether a transaction is open.
    package var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

    /// Returns whether the database has a table or an index of this name.
    package func has(_ name: String) throws(SQLiteFailure) -> Bool {
        try !run("SELECT 1 FROM sqlite_master WHERE name = ?", [name]).isEmpty
    }

    /// Runs work in a transaction that is the only writer from its start, and commits it unless the
    /// work throws.
    package func transaction<Value>(_ work: (SQLiteConnection) throws -> Value) throws -> Value {
        try run("BEGIN IMMEDIATE")
        do {
            let value = try work(self)
            try run("COMMIT")
            return value
        } catch {
            // SQLite may already have rolled back, for example on a full disk.
            if isInTransaction { _ = try? run("ROLLBACK") }
            throw error
        }
    }

    /// Copies the whole database into another one.
    package func copy(to other: SQLiteConnection) throws(SQLiteFailure) {
        let (source, target) = (try opened(), try other.opened())
        guard let backup = sqlite3_backup_init(target, "main", source, "main") else {
            throw other.failure(sqlite3_extended_errcode(target))
        }
        let step = sqlite3_backup_step(backup, -1)
        let code = sqlite3_backup_finish(backup)
        guard step == SQLITE_DONE else { throw other.failure(step) }
        guard code == SQLITE_OK else { throw other.failure(code) }
    }

    // MARK: Private

    private func opened() throws(SQLiteFailure) -> OpaquePointer {
        guard let handle else { throw SQLiteFailure(code: SQLITE_MISUSE, message: "it was closed") }
        return handle
    }

    private func prepared(_ sql: String, _ values: [(any SQLiteValue)?]) throws(SQLiteFailure)
        -> OpaquePointer
    {
        var statement: OpaquePointer?
        var code = sqlite3_prepare_v2(try opened(), sql, -1, &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code) }
        // SQLite would take NULL for a missing value, and ignore what follows the statement.
        guard sqlite3_bind_parameter_count(statement) == values.count,
            sqlite3_sql(statement).map({ String(cString: $0) }) == sql
        else {
            sqlite3_finalize(statement)
            throw SQLiteFailure(
                code: SQLITE_MISUSE, message: "expected one statement and a value for each placeholder")
        }
        for (index, value) in zip(Int32(1)..., values) {
            code = Self.bind(value?.sqliteCell, to: index, statement)
            guard code == SQLITE_OK else {
                sqlite3_finalize(statement)
                throw failure(code)
            }
        }
        return statement
    }

    private static func bind(_ cell: SQLiteCell?, to index: Int32, _ statement: OpaquePointer) -> Int32 {
        switch cell {
        case nil: return sqlite3_bind_null(statement, index)
        case .integer(let value): return sqlite3_bind_int64(statement, index, value)
        case .real(let value): return sqlite3_bind_double(statement, index, value)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    // Without an address, SQLite would bind NULL.
                    seedream_sqlite_bind_text(
                        statement, index, characters.baseAddress ?? sqlite3_libversion(),
                        sqlite3_uint64(characters.count))
                }
            }
        }
    }

    private static func columns(of statement: OpaquePointer) -> [String] {
        (0..<sqlite3_column_count(statement)).map { column in
            sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
        }
    }

    /// Returns whether there is a further row.
    private func step(_ statement: OpaquePointer) throws(SQLiteFailure) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> SQLiteFailure {
        let message = handle.flatMap(sqlite3_errmsg) ?? sqlite3_errstr(code)
        return SQLiteFailure(code: code, message: message.map { String(cString: $0) } ?? "error \(code)")
    }
}

/// A failed call of SQLite.
package struct SQLiteFailure: Error {
    /// The extended result code.
    package let code: Int32
    /// SQLite's message, without the statement.
    package let message: String

    /// The primary result code.
    package var primaryCode: Int32 { code & 0xFF }

    /// Whether the file system has no working locks.
    package var isWithoutLocks: Bool {
        withUnsafeBytes(of: seedream_sqlite_lock_codes) { $0.bindMemory(to: Int32.self).contains(code) }
    }
}
#endif
