import AtomicFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One of those that share a ledger.
final class LedgerOwner: Sendable {
    /// The name of its file, a UUID.
    let name: String
    private let folder: String
    private let lock: FileLock

    init(folder: String, name: String, lock: FileLock) {
        self.folder = folder
        self.name = name
        self.lock = lock
    }

    deinit { leave() }

    /// Whether the owner of that name is another one and lives.
    func isElsewhereAlive(_ other: String) throws(FileError) -> Bool {
        // A text that is no name of an owner comes from nobody who lives.
        guard other != name, UUID(uuidString: other) != nil else { return false }
        return try FileLock.isLocked("\(folder)/\(other)")
    }

    /// Stops being an owner.
    func leave() { lock.unlock(removing: true) }
}
