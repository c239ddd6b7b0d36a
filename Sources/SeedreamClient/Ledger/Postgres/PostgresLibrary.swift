#if Postgres
import PostgresLibrary

/// libpq's functions: `libpq.status(handle)` is `PQstatus(handle)`.
///
/// Valid as soon as there is a connection, because ``PostgresConnection`` loads libpq before it
/// connects.
var libpq: libpq_functions { postgres_library().pointee }

extension PostgresFailure {
    /// Loads libpq, if no earlier call has.
    static func loadLibrary() throws(PostgresFailure) {
        let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { reason in
            postgres_library_load(reason.baseAddress, reason.count) == 1
                ? nil : String(libpq: reason.baseAddress)
        }
        guard let reason else { return }
        var failure = lost(reason)
        failure.connecting = .noLibrary
        throw failure
    }
}

extension String {
    /// Copies a text of libpq; empty for NULL.
    init(libpq text: UnsafePointer<CChar>?) {
        self = text.map { String(cString: $0) } ?? ""
    }
}
#endif
