#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads small files at once.
package enum WholeFile {
    /// The bytes of a file or of a pipe.
    ///
    /// - Parameter maximum: At most one byte more than this is read.
    package static func contents(of path: String, maximum: Int) throws(FileError) -> [UInt8] {
        let descriptor = Descriptor.openFile(path, O_RDONLY)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        defer { close(descriptor) }
        return try contents(of: descriptor, named: path, maximum: maximum)
    }

    /// The bytes of an open file, from where it stands.
    package static func contents(of descriptor: Int32, named path: String, maximum: Int) throws(FileError)
        -> [UInt8]
    {
        // What is allowed may be far more than there is: memory is taken as it is filled.
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(maximum + 1, 1 << 16))
        while bytes.count <= maximum {
            let wanted = min(piece.count, maximum + 1 - bytes.count)
            let count = piece.withUnsafeMutableBytes { buffer in
                buffer.baseAddress.map { read(descriptor, $0, wanted) } ?? 0
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.read, path, errno: errno) }
            if count == 0 { break }
            bytes += piece[..<count]
        }
        return bytes
    }
}
