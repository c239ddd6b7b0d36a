#if Postgres
import PostgresLibrary

/// A value for a placeholder of a statement.
protocol PostgresValue: Sendable {
    /// The value as PostgreSQL reads it.
    var postgresText: String { get }
}

extension String: PostgresValue {
    var postgresText: String { self }
}
extension Int: PostgresValue {
    var postgresText: String { String(self) }
}
extension Double: PostgresValue {
    // The shortest text that reads back as the same number.
    var postgresText: String { "\(self)" }
}
extension Bool: PostgresValue {
    var postgresText: String { self ? "t" : "f" }
}
extension Array: PostgresValue where Element == String {
    var postgresText: String {
        let elements = map { element in
            "\"\(element.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        return "{\(elements.joined(separator: ","))}"
    }
}

/// The rows that a statement returned.
struct PostgresRows {
    private(set) var rows: [PostgresRow] = []
    /// The number of rows that the statement changed or returned.
    private(set) var count = 0

    init() {}

    init(_ result: OpaquePointer) {
        count = Int(String(libpq: libpq.cmdTuples(result))) ?? 0
        let columns = (0..<libpq.nfields(result)).map { String(libpq: libpq.fname(result, $0)) }
        rows = (0..<libpq.ntuples(result)).map { row in
            var values: [String: String] = [:]
            for (index, name) in columns.enumerated() where libpq.getisnull(result, row, Int32(index)) == 0 {
                values[name] = String(libpq: libpq.getvalue(result, row, Int32(index)))
            }
            return PostgresRow(values: values)
        }
    }

    var first: PostgresRow? { rows.first }
}

/// A row of a result.
struct PostgresRow {
    fileprivate let values: [String: String]

    /// Returns the text of a column; `nil` for NULL.
    func optional(_ column: String) -> String? { values[column] }

    /// Returns the text of a column.
    func text(_ column: String) throws(PostgresFailure) -> String {
        guard let text = values[column] else { throw .unexpected(column) }
        return text
    }

    func integer(_ column: String) throws(PostgresFailure) -> Int {
        guard let value = Int(try text(column)) else { throw .unexpected(column) }
        return value
    }

    func number(_ column: String) throws(PostgresFailure) -> Double {
        guard let value = Double(try text(column)) else { throw .unexpected(column) }
        return value
    }

    func flag(_ column: String) throws(PostgresFailure) -> Bool { try text(column) == "t" }
}

extension PostgresFailure {
    /// Only a later version or another program could have written such a value.
    fileprivate static func unexpected(_ column: String) -> PostgresFailure {
        PostgresFailure(code: nil, message: "the column \(column) has an unexpected value")
    }
}
#endif
