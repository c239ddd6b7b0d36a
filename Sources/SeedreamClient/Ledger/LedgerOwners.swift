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

/// The folder in which the processes that share a ledger show that they live: a locked file for each.
struct LedgerOwners {
    let folder: String
    /// How long to wait for another process that opens the ledger, in seconds: as long as for one that writes.
    private static let patience = 10.0

    func makeFolder() throws(FileError) { try Folder.make(folder, mode: 0o700) }

    /// Waits until no other process opens the ledger.
    func waitForOpening(of path: String) throws(LedgerError) -> FileLock {
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        repeat {
            do throws(FileError) {
                if let lock = try FileLock.tryLocking("\(folder)/opening") { return lock }
            } catch {
                throw .cannotOpen(path: path, reason: error.description)
            }
            // Opening takes milliseconds.
            usleep(10_000)
        } while Date() < deadline
        throw .cannotOpen(
            path: path, reason: "another process has been opening it for \(Int(Self.patience)) s")
    }

    /// Becomes an owner, and removes the files that killed processes have left. To be called while the opening is locked, so that no
    /// file is seen before it is locked.
    func join() throws(FileError) -> LedgerOwner {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where UUID(uuidString: name) != nil {
            let path = "\(folder)/\(name)"
            if (try? FileLock.isLocked(path)) == false { try? FileManager.default.removeItem(atPath: path) }
        }
        let name = UUID().uuidString.lowercased()
        guard let lock = try FileLock.tryLocking("\(folder)/\(name)") else {
            // Nobody else has this name.
            throw FileError(.lock, "\(folder)/\(name)", errno: 0)
        }
        return LedgerOwner(folder: folder, name: name, lock: lock)
    }
}
