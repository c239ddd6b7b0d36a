#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the system's calls on files leave to their caller.
package enum Descriptor {
    /// Makes a call again as long as a signal interrupts it. Not for `close`, which has closed all
    /// the same.
    ///
    /// - Parameter call: A call that returns a negative number and sets `errno` where it fails.
    package static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    /// Opens a file that no program which is started inherits.
    ///
    /// - Returns: A descriptor; a negative number where `errno` says why there is none.
    package static func openFile(_ path: String, _ flags: Int32, mode: UInt32 = 0) -> Int32 {
        retrying { open(path, flags | O_CLOEXEC, mode_t(mode)) }
    }

    /// How many more files this process can open, counted by opening them.
    ///
    /// - Parameter most: Where to stop; also the answer where something else than a limit forbids it.
    package static func countFree(upTo most: Int) -> Int {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        while opened.count < most {
            let descriptor = openFile("/", O_RDONLY)
            guard descriptor >= 0 else {
                return [EMFILE, ENFILE].contains(errno) ? opened.count : most
            }
            opened.append(descriptor)
        }
        return most
    }

    /// Writes all bytes, however often the system takes but some of them or is interrupted.
    ///
    /// - Returns: `nil` if that worked, else the error number.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let written = retrying {
                write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            // No file takes nothing without saying why.
            guard written > 0 else { return written == 0 ? EIO : errno }
            offset += written
        }
        return nil
    }

    /// Waits until the medium has what was written.
    ///
    /// - Returns: `nil` if that worked, else the error number.
    package static func sync(_ descriptor: Int32) -> Int32? {
        #if canImport(Darwin)
        // There, fsync leaves the bytes in the drive's own cache.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return nil }
        #endif
        return retrying { fsync(descriptor) } == 0 ? nil : errno
    }
}
