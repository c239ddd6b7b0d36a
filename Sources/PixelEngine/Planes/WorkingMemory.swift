#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// Memory for samples that is asked for, not demanded: where there is none, one image fails and the
/// process goes on.
///
/// Swift's own `allocate`, and an array that grows, end the process.
///
/// `@unchecked Sendable`: one thread at a time writes, and what is shared is only read.
package final class WorkingMemory: @unchecked Sendable {
    /// The first byte, at a 64-byte boundary; its contents are unspecified.
    package let base: UnsafeMutableRawPointer

    /// Takes `byteCount` bytes, at least 64.
    ///
    /// - Throws: ``PixelError/outOfMemory``.
    package init(byteCount: Int) throws(PixelError) {
        var base: UnsafeMutableRawPointer?
        guard posix_memalign(&base, 64, max(byteCount, 64)) == 0, let base else { throw .outOfMemory }
        self.base = base
    }

    deinit { free(base) }

    /// Whether so many bytes could be had now: asked before an array is made as large.
    package static func isAvailable(_ byteCount: Int) -> Bool {
        (try? WorkingMemory(byteCount: byteCount)) != nil
    }

    /// The memory as bytes, or as samples of 8 bits.
    package var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }
}
