#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of lines that several processes append to.
///
/// A caller that looks at it or writes to it holds its lock meanwhile (``lock()``), for a moment.
/// The lock belongs to this object, not to a thread: within one process the caller makes sure that
/// one thread at a time uses it.
package final class LineFile: Sendable {
    /// The file.
    package let path: String
    private let descriptor: Int32

    /// Opens a file, which is made, for its user alone, if it is not there. An empty file is closed
    /// to others too.
    ///
    /// - Throws: ``FileError``; with `EINVAL` if it is no regular file.
    package init(_ path: String) throws(FileError) {
        // Without O_NONBLOCK, a FIFO keeps the process waiting.
        let descriptor = Descriptor.openFile(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, mode: 0o600)
        guard descriptor >= 0 else { throw FileError(.write, path, errno: errno) }
        (self.path, self.descriptor) = (path, descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.write, path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.write, path, errno: EINVAL) }
        // A file system without modes is no reason to stop.
        if status.st_size == 0 { _ = fchmod(descriptor, 0o600) }
    }

    deinit { close(descriptor) }

    /// Waits until no other process works on the file, and keeps them waiting until ``unlock()``.
    package func lock() throws(FileError) {
        guard Descriptor.retrying({ flock(descriptor, LOCK_EX) }) == 0 else {
            throw FileError(.lock, path, errno: errno)
        }
    }

    /// Lets the other processes go on.
    package func unlock() { _ = flock(descriptor, LOCK_UN) }

    /// Its length in bytes.
    package func length() throws(FileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.read, path, errno: errno) }
        return Int(status.st_size)
    }

    /// The bytes in a range, or fewer where the file ends before.
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

    /// Removes all bytes from an offset on.
    package func truncate(to length: Int) throws(FileError) {
        guard Descriptor.retrying({ ftruncate(descriptor, off_t(length)) }) == 0 else {
            throw FileError(.write, path, errno: errno)
        }
    }

    /// Appends bytes, in one call as long as the system takes them. Where it does not take all of
    /// them, none stay.
    package func append(_ bytes: [UInt8]) throws(FileError) {
        let length = try length()
        if let code = bytes.withUnsafeBytes({ Descriptor.writeAll($0, to: descriptor) }) {
            // The first error is the one to tell of.
            try? truncate(to: length)
            throw FileError(.write, path, errno: code)
        }
    }

    /// Waits until the medium has what was appended.
    package func sync() throws(FileError) {
        if let code = Descriptor.sync(descriptor) { throw FileError(.write, path, errno: code) }
    }
}
