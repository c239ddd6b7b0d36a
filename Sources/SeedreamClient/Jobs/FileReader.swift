import Cryptography
import Platform

/// Reads files in pieces of 1 MiB.
enum FileReader {
    private static let pieceLength = 1 << 20

    /// Passes the contents of a regular file to `take`, piece by piece.
    ///
    /// - Returns: The file's length in bytes; `nil` if there is no regular file at the path.
    static func read(_ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Int? {
        // Does not follow a link, and does not block on a pipe, that someone has placed there.
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

    /// Returns whether a regular file exists and has the bytes with this digest.
    static func holds(_ path: String, sha256: String) throws -> Bool {
        var digest = SHA256Stream()
        guard try read(path, { digest.update($0) }) != nil else { return false }
        return digest.finish().hexadecimal == sha256
    }

    /// Returns whether anything exists at the path, including a dangling link.
    static func isTaken(_ path: String) -> Bool {
        fileStatus(path, followsLinks: false) != nil
    }
}
