import Platform

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The folders in which the processes that share a ledger show that they are alive and keep images
/// of replies until they are saved: in `owners` a locked file for each, in `spool` a folder of the
/// same name.
struct LedgerOwners {
    let owners: String
    let spool: String
    /// The time to wait for another process that is opening the ledger, in seconds: the same as for
    /// one that is writing.
    private static let patience = 10.0

    init(of path: String) {
        owners = "\(path).owners"
        spool = "\(path).spool"
    }

    func makeFolder() throws(FileError) { try Folder.make(owners, mode: 0o700) }

    /// Waits until no other process is opening the ledger.
    ///
    /// - Throws: ``LedgerError/cannotLock(path:fileSystem:)``,
    ///   ``LedgerError/cannotOpen(path:reason:)``.
    func waitForOpening(of path: String) throws(LedgerError) -> FileLock {
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        repeat {
            do throws(FileError) {
                if let lock = try FileLock.tryLocking("\(owners)/opening") {
                    // SQLite needs byte-range locks; without them it claims that another process
                    // has the file.
                    if let code = lock.byteRangeFailure() { throw FileError(.lock, path, errno: code) }
                    return lock
                }
            } catch {
                if Self.isWithoutLocks(error) {
                    throw .cannotLock(path: path, fileSystem: FileSystem.sharedName(at: owners))
                }
                throw .cannotOpen(path: path, reason: error.description)
            }
            // Opening takes milliseconds.
            usleep(10_000)
        } while Date() < deadline
        throw .cannotOpen(
            path: path, reason: "another process has been opening it for \(Int(Self.patience)) s")
    }

    private static func isWithoutLocks(_ error: FileError) -> Bool {
        error.action == .lock && [ENOLCK, ENOSYS, ENOTSUP, EOPNOTSUPP, EINVAL].contains(error.errno)
    }

    /// Registers this process as an owner, and removes what killed processes have left. Call while
    /// holding the opening lock, so that no owner file is seen before it is locked.
    ///
    /// - Parameter isNeeded: Whether a job still needs an image of this name in a killed process's
    ///   spool.
    func join(_ isNeeded: (String) throws -> Bool) throws -> LedgerOwner {
        var alive: Set<String> = []
        for name in Self.names(in: owners) {
            let path = "\(owners)/\(name)"
            if (try? FileLock.isLocked(path)) == false { unlink(path) } else { alive.insert(name) }
        }
        for name in Self.names(in: spool) where !alive.contains(name) {
            try sweep("\(spool)/\(name)", isNeeded)
        }
        let name = UUID().uuidString.lowercased()
        guard let lock = try FileLock.tryLocking("\(owners)/\(name)") else {
            // No other owner has this name.
            throw FileError(.lock, "\(owners)/\(name)", errno: 0)
        }
        return LedgerOwner(folder: owners, name: name, spool: "\(spool)/\(name)", lock: lock)
    }

    /// Removes the images that no job needs, and the folder once it is empty. Files of other
    /// programs stay.
    private func sweep(_ folder: String, _ isNeeded: (String) throws -> Bool) throws {
        for name in Folder.names(in: folder)
        where try SpoolFile.isName(name) && !isNeeded(name) {
            unlink("\(folder)/\(name)")
        }
        rmdir(folder)
    }

    /// Returns the names of owners in a folder; other names are ignored.
    private static func names(in folder: String) -> [String] {
        Folder.names(in: folder).filter { UUID(uuidString: $0) != nil }
    }
}

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
