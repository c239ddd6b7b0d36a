import Synchronization

/// A lock on a file (`flock`) that ends with its process, even if the process is killed.
///
/// Two locks of one process exclude each other as locks of different processes do.
package final class FileLock: Sendable {
    /// The path of the file.
    package let path: String
    /// The file's descriptor; -1 if unlocked.
    private let descriptor: Mutex<Int32>

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit { unlock() }

    /// Locks a file. If it does not exist, it is created, accessible to its user only.
    ///
    /// - Returns: `nil` if the file is already locked.
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

    /// Returns whether a file is locked. A file that does not exist is not locked.
    package static func isLocked(_ path: String) throws(FileError) -> Bool {
        let descriptor = Descriptor.openFile(path, O_RDONLY | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return false }
            throw FileError(.lock, path, errno: errno)
        }
        // The lock is shared, so that two simultaneous checks do not mistake each other for the
        // owner. Closing releases it.
        defer { close(descriptor) }
        guard let code = lock(descriptor, LOCK_SH) else { return false }
        if code == EWOULDBLOCK { return true }
        throw FileError(.lock, path, errno: code)
    }

    /// Locks a file that this process has just created.
    ///
    /// - Returns: `false` if another process has removed it as a leftover. `true` if the file
    ///   system has no locks: nothing is swept there either.
    static func locksNewFile(_ descriptor: Int32) -> Bool {
        if lock(descriptor, LOCK_EX) == EWOULDBLOCK { return false }
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// Removes a file that its owner locked for its lifetime. Does nothing while the file is
    /// locked, or if it is not a file of this user.
    static func removeUnlocked(_ path: String) {
        // Some file systems grant an exclusive lock only on a descriptor open for writing.
        let descriptor = Descriptor.openFile(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        do throws(PrivateFile.Fault) {
            try PrivateFile.check(descriptor: descriptor, forbidden: 0)
            if lock(descriptor, LOCK_EX) == nil { unlink(path) }
        } catch {
            // The file is not ours to remove.
        }
    }

    private static func lock(_ descriptor: Int32, _ kind: Int32) -> Int32? {
        Descriptor.retrying { flock(descriptor, kind | LOCK_NB) } == 0 ? nil : errno
    }

    /// Tests whether the file system supports the other kind of lock, on a range of bytes, which
    /// databases use.
    ///
    /// - Returns: `nil` if it does, otherwise the error number. NFS without its lock service
    ///   returns `ENOLCK`.
    package func byteRangeFailure() -> Int32? {
        descriptor.withLock { descriptor in
            var range = Self.range(F_WRLCK)
            while fcntl(descriptor, F_SETLK, &range) != 0 {
                // NFS implements both kinds with this one, so that the first lock excludes the
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

    /// Releases the lock.
    ///
    /// - Parameter removing: Whether the file is deleted, for a name that is used once.
    package func unlock(removing: Bool = false) {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            if removing { unlink(path) }
            close(descriptor)
            descriptor = -1
        }
    }
}
