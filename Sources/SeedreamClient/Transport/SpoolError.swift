#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a picture inside a reply could not be put into a file.
package struct SpoolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line.
    package var description: String

    init(path: String, code: Int32) {
        description = "\(path): cannot be written: \(String(cString: strerror(code)))"
    }
}
