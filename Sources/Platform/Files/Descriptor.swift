/// The handling that the system's file calls leave to their caller.
package enum Descriptor {
    /// Repeats a call while a signal interrupts it. Not for `close`, which closes the descriptor
    /// even if interrupted.
    ///
    /// - Parameter call: A call that returns a negative number and sets `errno` if it fails.
    package static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    /// Opens a file that child processes do not inherit.
    ///
    /// - Returns: A descriptor, or a negative number with the error in `errno`.
    package static func openFile(_ path: String, _ flags: Int32, mode: UInt32 = 0) -> Int32 {
        retrying { open(path, flags | O_CLOEXEC, mode_t(mode)) }
    }

    /// Returns the number of files that this process can still open, counted by opening them.
    ///
    /// - Parameter most: The maximum to count; also the result if something other than a limit
    ///   prevents opening.
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

    /// Writes all bytes, repeating partial and interrupted writes.
    ///
    /// - Returns: `nil` on success, otherwise the error number.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
        var offset = 0
        while offset < bytes.count {
            let written = retrying {
                write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            // A file that accepts no bytes without an error must not loop forever.
            guard written > 0 else { return written == 0 ? EIO : errno }
            offset += written
        }
        return nil
    }

    /// Waits until the written bytes have reached the medium.
    ///
    /// - Returns: `nil` on success, otherwise the error number.
    package static func sync(_ descriptor: Int32) -> Int32? {
        #if canImport(Darwin)
        // On Darwin, fsync leaves the bytes in the drive's cache.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return nil }
        #endif
        return retrying { fsync(descriptor) } == 0 ? nil : errno
    }
}
