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
        let descriptor = Descriptor.openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
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
        let descriptor = Descriptor.openFile(path, O_RDONLY | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw FileError(.lock, path, errno: errno)
        }
        // Shared, so that two who look at the same moment do not take each other for its owner.
        // Closing ends it.
        defer { close(descriptor) }
        guard let code = lock(descriptor, LOCK_SH) else { return false }
        if code == EWOULDBLOCK { return true }
        throw FileError(.lock, path, errno: code)
    }

    /// Locks a file that this process has just made.
    ///
    /// - Returns: `false` if another process has taken it for a leftover. A file system without
    ///   locks is no reason: nothing is swept there either.
    static func locksNewFile(_ descriptor: Int32) -> Bool {
        if lock(descriptor, LOCK_EX) == EWOULDBLOCK { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Removes a file that its owner locked as long as it lived. Does nothing while someone has it
    /// locked, or if it is no file of this user's.
    static func removeUnlocked(_ path: String) {
        // Some file systems give an exclusive lock only to those who may write.
        let descriptor = Descriptor.openFile(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        do throws(PrivateFile.Fault) {
            try PrivateFile.check(descriptor: descriptor, forbidden: 0)
            if lock(descriptor, LOCK_EX) == nil { unlink(path) }
        } catch {
            // It is not ours to remove.
        }
    }

    private static func lock(_ descriptor: Int32, _ kind: Int32) -> Int32? {
        Descriptor.retrying { flock(descriptor, kind | LOCK_NB) } == 0 ? nil : errno
    }

    /// Asks whether the file system has the other kind of lock, that on a range of bytes, which
    /// databases use.
    ///
    /// - Returns: `nil` if it has, else the error number. NFS without its lock service answers
    ///   `ENOLCK`.
    package func byteRangeFailure() -> Int32? {
        descriptor.withLock { descriptor in
            var range = Self.range(F_WRLCK)
            while fcntl(descriptor, F_SETLK, &range) != 0 {
                // NFS makes both kinds of lock from this one, so that the first excludes the
                // second.
                if errno == EAGAIN || errno == EACCES { return nil }
                guard errno == EINTR else { return errno }
            }
            range = Self.range(F_UNLCK)
            _ = fcntl(descriptor, F_SETLK, &range)
            return nil
        }
    }

    private static func range(_ kind: some BinaryInteger) -> flock {
        var range = flock()
        range.l_type = Int16(truncatingIfNeeded: kind)
        range.l_whence = Int16(SEEK_SET)
        return range
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
