/// A file of lines to which several processes append.
///
/// A caller that reads or writes the file holds its lock meanwhile (``lock()``), briefly. The lock
/// belongs to this object, not to a thread: within one process the caller ensures that only one
/// thread at a time uses it.
package final class LineFile: Sendable {
    /// The path of the file.
    package let path: String
    private let descriptor: Int32

    /// Opens a file. If it does not exist, it is created. A new or empty file becomes accessible to
    /// its user only.
    ///
    /// - Throws: ``FileError``, with `EINVAL` if it is not a regular file.
    package init(_ path: String) throws(FileError) {
        // Without O_NONBLOCK, opening a FIFO would block.
        let descriptor = Descriptor.openFile(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o600)
        guard descriptor >= 0 else { throw FileError(.write, path, errno: errno) }
        (self.path, self.descriptor) = (path, descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.write, path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.write, path, errno: EINVAL) }
        // A file system without modes is not an error.
        if status.st_size == 0 { _ = fchmod(descriptor, 0o600) }
    }

    deinit { close(descriptor) }

    /// Waits until no other process holds the lock, then holds it until ``unlock()``.
    package func lock() throws(FileError) {
        guard Descriptor.retrying({ flock(descriptor, LOCK_EX) }) == 0 else {
            throw FileError(.lock, path, errno: errno)
        }
    }

    /// Releases the lock.
    package func unlock() { _ = flock(descriptor, LOCK_UN) }

    /// Returns the length in bytes.
    package func length() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.read, path, errno: errno) }
        return Int(status.st_size)
    }

    /// Returns the bytes in a range, or fewer if the file ends earlier.
    package func bytes(_ range: Range<Int>) throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Descriptor.retrying {
                    pread(
                        descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count,
                        off_t(range.lowerBound + count))
                }
            }
            guard got >= 0 else { throw FileError(.read, path, errno: errno) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes[..<count])
    }

    /// Removes all bytes after an offset.
    package func truncate(to length: Int) throws(FileError) {
        guard Descriptor.retrying({ ftruncate(descriptor, off_t(length)) }) == 0 else {
            throw FileError(.write, path, errno: errno)
        }
    }

    /// Appends bytes, in one call if the system accepts them all at once. If they cannot all be
    /// written, none remain.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        let length = try length()
        if let code = bytes.withUnsafeBytes({ Descriptor.writeAll($0, to: descriptor) }) {
            // Report the first error, not that of truncating.
            try? truncate(to: length)
            throw FileError(.write, path, errno: code)
        }
    }

    /// Waits until the appended bytes have reached the medium.
    package func sync() throws(FileError) {
        if let code = Descriptor.sync(descriptor) { throw FileError(.write, path, errno: code) }
    }
}
