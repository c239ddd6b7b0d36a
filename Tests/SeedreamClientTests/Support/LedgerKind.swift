import SeedreamClient
import TestSupport
import Testing

/// The implementations of ``JobLedger``.
enum LedgerKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    #if Client
    case sqlite
    #endif
    #if Postgres
    case postgres
    #endif

    var testDescription: String { rawValue }

    /// The implementations that several instances may share.
    static var shared: [LedgerKind] { allCases.filter { $0 != .memory } }

    /// Creates a ledger, which is removed with the folder or at the end of the tests.
    func make(in folder: TemporaryFolder) throws -> any JobLedger {
        guard self != .memory else { return MemoryLedger() }
        return try makeShared(in: folder).open()
    }

    /// Creates a place for a ledger that several instances open.
    func makeShared(in folder: TemporaryFolder) throws -> SharedLedger {
        #if Postgres
        if self == .postgres {
            let server = try PostgresServer.shared.get()
            return SharedLedger(text: server.url(try server.makeDatabase()), state: folder.file("state"))
        }
        #endif
        return SharedLedger(text: folder.file("jobs.sqlite"), state: folder.file("state"))
    }
}

/// A ledger that several instances open.
struct SharedLedger: Sendable {
    /// The path or the URL.
    let text: String
    /// The folder that stands for the user's state folder.
    let state: String

    func open(_ access: LedgerAccess = .creating) throws -> any ClosableLedger {
        try OpenedLedger.open(text, access: access, stateFolder: state)
    }
}
