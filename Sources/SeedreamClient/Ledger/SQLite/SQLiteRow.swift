#if Client
import CSQLite

/// A value for a placeholder of a statement.
package protocol SQLiteValue: Sendable {
    /// The value as SQLite stores it.
    var sqliteCell: SQLiteCell { get }
}

/// A value that is not NULL.
package enum SQLiteCell: Sendable {
    case integer(Int64)
    case real(Double)
    case text(String)
}

extension String: SQLiteValue {
    package var sqliteCell: SQLiteCell { .text(self) }
}
extension Int: SQLiteValue {
    package var sqliteCell: SQLiteCell { .integer(Int64(self)) }
}
extension Double: SQLiteValue {
    package var sqliteCell: SQLiteCell { .real(self) }
}
extension Bool: SQLiteValue {
    package var sqliteCell: SQLiteCell { .integer(self ? 1 : 0) }
}

/// A row that a statement returned.
package struct SQLiteRow {
    let columns: [String]
    private let cells: [SQLiteCell?]

    /// Copies the row on which a statement stands.
    init(columns: [String], _ statement: OpaquePointer) {
        self.columns = columns
        cells = columns.indices.map { Self.cell(Int32($0), statement) }
    }

    private static func cell(_ column: Int32, _ statement: OpaquePointer) -> SQLiteCell? {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_NULL: return nil
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        default:
            // Bytes that are not UTF-8 become replacement characters, and blobs become text.
            let start = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(
                start.map { String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self) }
                    ?? "")
        }
    }

    private subscript(column: String) -> SQLiteCell? {
        columns.firstIndex(of: column).flatMap { cells[$0] }
    }

    func isNull(_ column: String) -> Bool { self[column] == nil }

    /// Returns the text of a column; `nil` for NULL.
    package func optional(_ column: String) throws(SQLiteFailure) -> String? {
        switch self[column] {
        case nil: nil
        case .text(let text): text
        default: throw .unexpected(column)
        }
    }

    /// Returns the text of a column.
    package func text(_ column: String) throws(SQLiteFailure) -> String {
        guard case .text(let text) = self[column] else { throw .unexpected(column) }
        return text
    }

    package func integer(_ column: String) throws(SQLiteFailure) -> Int {
        guard case .integer(let value) = self[column] else { throw .unexpected(column) }
        return Int(value)
    }

    package func number(_ column: String) throws(SQLiteFailure) -> Double {
        switch self[column] {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: throw .unexpected(column)
        }
    }
}

/// Statements with one column.
extension SQLiteConnection {
    /// Returns the text of the first row; `nil` if there is no row, or NULL in it.
    package func text(_ sql: String, _ values: [(any SQLiteValue)?] = []) throws(SQLiteFailure) -> String? {
        guard let row = try run(sql, values).first else { return nil }
        return try row.optional(row.columns[0])
    }

    /// Returns the text of each row.
    package func texts(_ sql: String, _ values: [(any SQLiteValue)?] = []) throws(SQLiteFailure) -> [String] {
        try run(sql, values).map { row throws(SQLiteFailure) in try row.text(row.columns[0]) }
    }

    /// Returns the integer of the first row; `nil` if there is no row, or NULL in it.
    package func integer(_ sql: String, _ values: [(any SQLiteValue)?] = []) throws(SQLiteFailure) -> Int? {
        guard let row = try run(sql, values).first, !row.isNull(row.columns[0]) else { return nil }
        return try row.integer(row.columns[0])
    }
}

extension SQLiteFailure {
    /// Only a later version or another program could have written such a value.
    fileprivate static func unexpected(_ column: String) -> SQLiteFailure {
        SQLiteFailure(code: SQLITE_MISMATCH, message: "the column \(column) has an unexpected value")
    }
}
#endif
