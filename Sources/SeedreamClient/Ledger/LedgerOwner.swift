import Platform

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

/// An instance that shares a ledger and may own jobs.
final class LedgerOwner: Sendable {
    /// The name of its file, a UUID.
    let name: String
    /// The folder for images in replies that this owner receives; created when needed.
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

    /// Returns whether the owner with this name is another live one.
    func isElsewhereAlive(_ other: String) throws(FileError) -> Bool {
        // A text that is not an owner's name cannot belong to a live owner.
        guard other != name, UUID(uuidString: other) != nil else { return false }
        return try FileLock.isLocked("\(folder)/\(other)")
    }

    /// Ends the ownership.
    func leave() {
        // Fails unless the folder is empty: its files belong to jobs that are not saved yet.
        rmdir(spool)
        lock.unlock(removing: true)
    }
}
