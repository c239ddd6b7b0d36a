private import Platform

/// Memory for samples whose allocation may fail: then one image fails and the process continues.
///
/// Swift's `allocate` and growing arrays crash the process instead.
///
/// `@unchecked Sendable`: no byte is accessed by one thread while another writes it. Threads that
/// work at once have rows or columns of their own (`Stage`, `ParallelLoop`); other shared memory is
/// only read.
package final class WorkingMemory: @unchecked Sendable {
    /// The address of the memory, at a 64-byte boundary. The initial contents are unspecified.
    package let base: UnsafeMutableRawPointer

    /// Allocates `byteCount` bytes, at least 64.
    ///
    /// - Throws: ``PixelError/outOfMemory``.
    package init(byteCount: Int) throws(PixelError) {
        var base: UnsafeMutableRawPointer?
        guard posix_memalign(&base, 64, max(byteCount, 64)) == 0, let base else { throw .outOfMemory }
        self.base = base
    }

    deinit { free(base) }

    /// Returns whether the given number of bytes could be allocated now. Call it before creating an
    /// array of that size.
    package static func isAvailable(_ byteCount: Int) -> Bool {
        (try? WorkingMemory(byteCount: byteCount)) != nil
    }

    /// The memory as bytes, which are also samples of 8 bits.
    package var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
}
