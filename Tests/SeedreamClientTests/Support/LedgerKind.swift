import SeedreamClient
import TestSupport
import Testing

/// The implementations of ``JobLedger``.
enum LedgerKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    #if Client
    case sqlite
    #endif

    var testDescription: String { rawValue }

    /// Creates a ledger, which is removed with the folder.
    func make(in folder: TemporaryFolder) throws -> any JobLedger {
        switch self {
        case .memory: MemoryLedger()
        #if Client
        case .sqlite: try SQLiteLedger.open(path: folder.file("jobs.sqlite"))
        #endif
        }
    }
}
