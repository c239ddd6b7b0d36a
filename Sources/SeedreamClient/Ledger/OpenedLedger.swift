import Platform

/// Opens the ledger that a text names.
package enum OpenedLedger {
    /// Opens a ledger by its path or URL.
    ///
    /// - Throws: The errors of `SQLiteLedger.open(path:access:)` and of `PostgresLedger`;
    ///   ``LedgerError/withoutPostgreSQL(url:)`` for a URL in a build without the trait.
    ///
    /// - Parameter stateFolder: The folder for images in replies that a database's jobs receive on
    ///   this machine. Default: the user's state folder.
    package static func open(
        _ text: String, access: LedgerAccess = .creating, stateFolder: String? = nil
    ) throws(LedgerError) -> any ClosableLedger {
        switch LedgerAddress(text) {
        case .database(let url):
            #if Postgres
            return try PostgresLedger.open(url, access: access, stateFolder: stateFolder)
            #else
            throw .withoutPostgreSQL(url: url.masked)
            #endif
        case .file(let path):
            #if Client
            return try SQLiteLedger.open(path: path, access: access)
            #else
            throw .cannotOpen(path: path, reason: "this build has no SQLite")
            #endif
        }
    }
}

/// A ledger that outlives the process.
package protocol ClosableLedger: JobLedger {
    /// A name that is the same for every process of every machine that opens this ledger, and
    /// contains no password. Files of changes that could not be recorded bear it.
    var identity: String { get }
    /// A folder for such files beside the ledger, which is tried first; `nil` if it has none.
    var pendingFolder: String? { get }
    /// Releases all jobs and ends the connections; the ledger cannot be used afterwards.
    func close()
}

#if Client
extension SQLiteLedger: ClosableLedger {
    package var identity: String {
        path.hasPrefix("/") ? path : "\(PathText.currentFolder ?? ".")/\(path)"
    }

    package var pendingFolder: String? { "\(identity).pending" }
}
#endif
