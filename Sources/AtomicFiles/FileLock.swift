import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A lock that ends with its process, however that ends: `flock` on a file.
///
/// Two locks of one process exclude each other as two of different processes do.
package final class FileLock: Sendable {
    /// The file.
    package let path: String
    /// -1 when unlocked.
    private let descriptor: Mutex<Int32>

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit { unlock() }

    /// Locks a file, which is made, for its user alone, if it is not there.
    ///
    /// - Returns: `nil` if somebody has it locked.
    package static func tryLocking(_ path: String) throws(FileError) -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(.lock, path, errno: errno) }
        if let code = lock(descriptor, LOCK_EX) {
            close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw FileError(.lock, path, errno: code)
        }
        return FileLock(path: path, descriptor: descriptor)
    }

    /// Whether somebody has a file locked. A file that is not there is not locked.
    package static func isLocked(_ path: String) throws(FileError) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw FileError(.lock, path, errno: errno)
        }
        // Shared, so that two who look at the same moment do not take each other for its owner. Closing ends it.
        defer { close(descriptor) }
        guard let code = lock(descriptor, LOCK_SH) else { return false }
        if code == EWOULDBLOCK { return true }
        throw FileError(.lock, path, errno: code)
    }

    private static func lock(_ descriptor: Int32, _ kind: Int32) -> Int32? {
        while flock(descriptor, kind | LOCK_NB) != 0 {
            guard errno == EINTR else { return errno }
        }
        return nil
    }

    /// Lets go of the file.
    ///
    /// - Parameter removing: Whether it is deleted, for a file whose name is used once.
    package func unlock(removing: Bool = false) {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            if removing { unlink(path) }
            close(descriptor)
            descriptor = -1
        }
    }
}
