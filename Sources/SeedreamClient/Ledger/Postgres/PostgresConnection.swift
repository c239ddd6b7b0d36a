#if Postgres
import Platform
import PostgresLibrary

/// One connection to a PostgreSQL server. It is used by one thread at a time, which blocks while
/// the server works.
///
/// Nothing is set for the whole session, and no statement is prepared, so that a pooler may give
/// each transaction another connection to the server.
final class PostgresConnection {
    /// The limits of a connection, in seconds.
    struct Limits: Sendable {
        /// For connecting to one address of a host.
        var connecting = 5
        /// For a lock that another transaction holds.
        var lock = 25
        /// For one statement, on the server.
        var statement = 30
        /// For the next statement of an open transaction: a suspended process must not keep its
        /// locks.
        var idle = 5
        /// For an answer, after which the server is considered gone. Longer than the server's own
        /// limit.
        var answer = 40
    }

    let url: DatabaseURL
    let limits: Limits
    private var handle: OpaquePointer?

    /// Connects, waiting at most ``Limits/connecting`` for each address.
    ///
    /// - Parameter isWriting: Whether only a server that can be written will do. Of several hosts
    ///   in the URL the first such one is used.
    init(_ url: DatabaseURL, isWriting: Bool, limits: Limits = Limits()) throws(PostgresFailure) {
        self.url = url
        self.limits = limits
        try PostgresFailure.loadLibrary()
        // What precedes the URL is a default, what follows it is fixed.
        let settings = [
            ("connect_timeout", "\(limits.connecting)"), ("fallback_application_name", "seedream"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "\(limits.answer * 1000)"), ("dbname", url.text),
            ("client_encoding", "UTF8"), ("target_session_attrs", isWriting ? "read-write" : "any"),
        ]
        handle = Self.withCStrings(settings.map(\.0) + [nil]) { names in
            Self.withCStrings(settings.map(\.1) + [nil]) { values in
                libpq.connectdbParams(names, values, 1)
            }
        }
        guard let handle, libpq.status(handle) == CONNECTION_OK else {
            let message = handle.map { String(libpq: libpq.errorMessage($0)) } ?? "out of memory"
            close()
            throw PostgresFailure(connecting: url.hiding(message))
        }
        // Notices would go to standard error.
        _ = libpq.setNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { close() }

    /// Ends the connection.
    func close() {
        if let handle { libpq.finish(handle) }
        handle = nil
    }

    /// Returns the server's value of a parameter that it reports, such as `server_encoding`.
    func parameter(_ name: String) -> String? {
        handle.flatMap { libpq.parameterStatus($0, name) }.map { String(cString: $0) }
    }

    // MARK: Statements

    /// Runs one statement and returns its rows.
    ///
    /// - Parameters:
    ///   - sql: The statement, without any value that comes from outside.
    ///   - values: The values of `$1`, `$2` and so on.
    @discardableResult
    func run(_ sql: String, _ values: [(any PostgresValue)?] = []) throws(PostgresFailure) -> PostgresRows {
        guard let handle else { throw .lost("the connection is closed") }
        let texts = values.map { $0?.postgresText }
        guard !texts.contains(where: { $0?.utf8.contains(0) ?? false }) else {
            throw PostgresFailure(code: "22021", message: "a text contains a zero byte")
        }
        let isSent = Self.withCStrings(texts) { pointers in
            libpq.sendQueryParams(handle, sql, Int32(texts.count), nil, pointers, nil, nil, 0)
        }
        return try rows(of: handle, isSent: isSent == 1)
    }

    /// Runs several statements without values, in one round trip.
    func runAll(_ sql: String) throws(PostgresFailure) {
        guard let handle else { throw .lost("the connection is closed") }
        _ = try rows(of: handle, isSent: libpq.sendQuery(handle, sql) == 1)
    }

    /// Waits for the answer to what was sent, and reads all of it.
    private func rows(of handle: OpaquePointer, isSent: Bool) throws(PostgresFailure) -> PostgresRows {
        guard isSent else { throw lost(handle) }
        let deadline = ContinuousClock.now + .seconds(limits.answer)
        var rows = PostgresRows()
        var failure: PostgresFailure?
        while true {
            while libpq.isBusy(handle) == 1 {
                guard try waitForData(on: libpq.socket(handle), by: deadline) else {
                    throw .lost("the server has not answered for \(limits.answer) s")
                }
                guard libpq.consumeInput(handle) == 1 else { throw lost(handle) }
            }
            guard let result = libpq.getResult(handle) else { break }
            defer { libpq.clear(result) }
            switch libpq.resultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK: rows = PostgresRows(result)
            default: failure = failure ?? PostgresFailure(result, hiding: url)
            }
        }
        if libpq.status(handle) != CONNECTION_OK {
            throw .lost(failure?.message ?? message(of: handle))
        }
        if let failure { throw failure }
        return rows
    }

    /// Returns whether data came before the deadline.
    private func waitForData(on socket: Int32, by deadline: ContinuousClock.Instant)
        throws(PostgresFailure) -> Bool
    {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return false }
            var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            let milliseconds = Int32(clamping: left.components.seconds * 1000 + 1000)
            let count = poll(&descriptor, 1, milliseconds)
            if count > 0 { return true }
            guard count == 0 || errno == EINTR else { throw .lost("poll failed with error \(errno)") }
        }
    }

    private func lost(_ handle: OpaquePointer) -> PostgresFailure { .lost(message(of: handle)) }

    private func message(of handle: OpaquePointer) -> String {
        url.hiding(String(libpq: libpq.errorMessage(handle)))
    }

    /// Calls `body` with C strings that live until it returns.
    private static func withCStrings<Value>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
    ) -> Value {
        let copies = texts.map { $0.map { strdup($0) } ?? nil }
        defer { copies.forEach { free($0) } }
        return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
#endif
