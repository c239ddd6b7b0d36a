#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the system's calls on open files leave to their caller.
package enum Descriptor {
    /// Writes all bytes, however often the system takes but some of them or is interrupted.
    ///
    /// - Returns: `nil` if that worked, else the error number.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let written = write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            if written < 0, errno == EINTR { continue }
            // No file takes nothing without saying why.
            guard written > 0 else { return written == 0 ? EIO : errno }
            offset += written
        }
        return nil
    }

    /// Waits until the medium has what was written.
    ///
    /// - Returns: `nil` if that worked, else the error number.
    static func sync(_ descriptor: Int32) -> Int32? {
        #if canImport(Darwin)
        // There, fsync leaves the bytes in the drive's own cache.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return nil }
        #endif
        while fsync(descriptor) != 0 {
            guard errno == EINTR else { return errno }
        }
        return nil
    }
}
