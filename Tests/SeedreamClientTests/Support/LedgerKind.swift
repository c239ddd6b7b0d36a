import SeedreamClient
import TestSupport
import Testing

/// The ledgers that keep to ``JobLedger``.
enum LedgerKind: String, CaseIterable, CustomTestStringConvertible {
    case memory
    #if Client
    case sqlite
    #endif

    var testDescription: String { rawValue }

    /// A new one; the folder is removed with it.
    func make(in folder: TemporaryFolder) throws -> any JobLedger {
        switch self {
        case .memory: MemoryLedger()
        #if Client
        case .sqlite: try SQLiteLedger.open(path: folder.file("jobs.sqlite"))
        #endif
        }
    }
}
