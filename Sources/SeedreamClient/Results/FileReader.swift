import AtomicFiles
import Cryptography

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files in pieces.
enum FileReader {
    private static let pieceLength = 1 << 20

    /// Hands a regular file over, piece by piece.
    ///
    /// - Returns: Its length in bytes; `nil` if there is no file of that name, or something else
    ///   has it.
    static func read(_ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Int? {
        // Neither a link nor a pipe that somebody has laid there is read.
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if [ENOENT, ELOOP, ENXIO, ENOTDIR].contains(errno) { return nil }
            throw FileError(.read, path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(.read, path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceLength, alignment: 16)
        defer { piece.deallocate() }
        var total = 0
        while true {
            let count = pread(descriptor, piece.baseAddress, piece.count, off_t(total))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(.read, path, errno: errno) }
            if count == 0 { return total }
            try take(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            total += count
        }
    }

    /// Whether a regular file is there and has just these bytes.
    static func holds(_ path: String, sha256: String) throws -> Bool {
        var digest = SHA256Stream()
        guard try read(path, { digest.update($0) }) != nil else { return false }
        return digest.finish().hexadecimal == sha256
    }

    /// Whether anything has that name, a link to nothing included.
    static func isTaken(_ path: String) -> Bool {
        fileStatus(path, followsLinks: false) != nil
    }
}
