#if Postgres
import PostgresLibrary

/// An error of the server or of the connection to it.
struct PostgresFailure: Error {
    /// The server's code of five characters (PostgreSQL, appendix A); `nil` for an error of the
    /// connection.
    var code: String?
    /// One line, without the password.
    var message: String
    /// The constraint that a row violates.
    var constraint: String?
    /// Whether the connection is gone.
    var isLost = false
    /// Whether the transaction may have been committed.
    var isDoubtful = false
    /// Set if no connection could be made.
    var connecting: LedgerError.ConnectionFault?

    init(code: String?, message: String) {
        self.code = code
        self.message = message
    }

    /// Reads the error in a result.
    init(_ result: OpaquePointer, hiding url: DatabaseURL) {
        func field(_ name: Character) -> String? {
            libpq.resultErrorField(result, Int32(name.asciiValue ?? 0)).map { String(cString: $0) }
        }
        code = field("C")
        message = url.hiding(field("M") ?? "an error without a message")
        constraint = field("n")
        // An administrator ended the session, or the server stops: the connection is about to
        // close.
        isLost = ["57P01", "57P02", "57P03", "57P05", "25P03"].contains(code)
        // After a failover the connection may lead to a server that only reads.
        if code == "25006" { isLost = true }
    }

    /// Reads libpq's message about a connection that could not be made.
    ///
    /// libpq gives no code here. A server that speaks another language is not understood, which
    /// costs the better hint.
    init(connecting message: String) {
        self.message = message.split(separator: "\n").map { $0.trimmed }.joined(separator: "; ")
        let phrases: [(LedgerError.ConnectionFault?, [String])] = [
            (nil, ["session is read-only", "server is in hot standby mode"]),
            (
                .busy,
                [
                    "starting up", "shutting down", "too many clients", "too many connections",
                    "connection slots are reserved", "in recovery mode", "not accepting connections",
                    "no more connections allowed",
                ]
            ),
            (
                .credentials,
                ["authentication failed", "no password supplied", "no pg_hba.conf entry", "role \""]
            ),
            (.rights, ["permission denied for"]),
            (.noDatabase, ["database \""]),
            (
                .otherProtocol,
                ["invalid response", "expected authentication request", "unsupported frontend protocol"]
            ),
            (
                .unsuitable,
                ["URI", "connection option", "invalid port", "invalid integer value", "percent-encoded"]
            ),
        ]
        let found = phrases.first { _, texts in texts.contains { message.contains($0) } }
        connecting = found.map(\.0) ?? .unreachable
        if let found, found.0 == nil { code = "25006" }
        isLost = true
    }

    static func lost(_ message: String) -> PostgresFailure {
        var failure = PostgresFailure(code: nil, message: message.trimmed)
        failure.isLost = true
        return failure
    }

    /// Whether the same transaction may succeed if it is repeated at once: serialization failure,
    /// deadlock.
    var isConflict: Bool { code == "40001" || code == "40P01" }

    /// Whether it is of no use to connect again soon.
    var isPermanent: Bool {
        switch connecting {
        case .credentials, .noDatabase, .rights, .unsuitable, .otherProtocol, .noLibrary: true
        case .unreachable, .busy, nil: false
        }
    }

    /// Returns the error to throw.
    func ledgerError(_ url: DatabaseURL, isOpen: Bool) -> LedgerError {
        let path = url.masked
        switch code {
        case "25006": return .cannotWrite(path: path, reason: "the server or the database is read-only")
        case "42501": return .cannotConnect(url: path, cause: .rights, reason: message)
        case "53100": return .cannotWrite(path: path, reason: "the server's disk is full: \(message)")
        case "55P03":
            return .cannotWrite(path: path, reason: "another process has locked it for too long")
        case "42P01", "42703", "3F000", "42804", "22P02":
            return .damaged(path: path, reason: message)
        default: break
        }
        if let connecting { return .cannotConnect(url: path, cause: connecting, reason: message) }
        if isLost { return .cannotConnect(url: path, cause: .unreachable, reason: message) }
        if code == nil { return .damaged(path: path, reason: message) }
        return isOpen ? .cannotWrite(path: path, reason: message) : .cannotOpen(path: path, reason: message)
    }
}

extension StringProtocol {
    /// The text without white space at both ends, on one line.
    fileprivate var trimmed: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
#endif
