import AtomicFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One of those that share a ledger.
final class LedgerOwner: Sendable {
    /// The name of its file, a UUID.
    let name: String
    /// The folder for the images of replies that this one receives; made when it is needed.
    let spool: String
    private let folder: String
    private let lock: FileLock

    init(folder: String, name: String, spool: String, lock: FileLock) {
        self.folder = folder
        self.name = name
        self.spool = spool
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
    func leave() {
        // Only an empty folder goes: what is in it belongs to jobs that are not saved yet.
        rmdir(spool)
        lock.unlock(removing: true)
    }
}
