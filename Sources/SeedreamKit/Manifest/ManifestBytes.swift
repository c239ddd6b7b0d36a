import Cryptography
import Platform

/// Reads the bytes of a manifest in pieces of 256 KiB and computes their digest.
struct ManifestBytes: ~Copyable {
    /// A line of a manifest.
    enum Line {
        /// The bytes of the line, without the line feed.
        case bytes([UInt8])
        /// The line is longer than allowed, and was skipped.
        case tooLong
    }

    private static let pieceLength = 1 << 18

    private let file: SequentialFile
    private let piece: UnsafeMutableRawBufferPointer
    private var position = 0
    private var end = 0
    private var isAtEnd = false
    private var digest = SHA256Stream()

    init(_ file: SequentialFile) {
        self.file = file
        piece = .allocate(byteCount: Self.pieceLength, alignment: 16)
    }

    deinit { piece.deallocate() }

    /// Returns the next byte without consuming it, or `nil` at the end.
    mutating func peek() throws(ManifestError) -> UInt8? {
        guard try fill() else { return nil }
        return piece[position]
    }

    /// Consumes the byte that ``peek()`` returned.
    mutating func advance() { position += 1 }

    /// Consumes some or all of the bytes before the next comma, quote, CR or LF.
    ///
    /// - Parameters:
    ///   - cell: The array to append them to.
    ///   - isKept: Whether to append them.
    /// - Returns: The number of bytes consumed; 0 at the end, or if one of the four is next.
    mutating func takeText(into cell: inout [UInt8], isKept: Bool) throws(ManifestError) -> Int {
        guard try fill() else { return 0 }
        var next = position
        while next < end {
            let byte = piece[next]
            if byte == 0x2C || byte == 0x22 || byte == 0x0D || byte == 0x0A { break }
            next += 1
        }
        if isKept { cell.append(contentsOf: piece[position..<next]) }
        defer { position = next }
        return next - position
    }

    /// Returns the first bytes of the manifest, at most one piece, including at least one ASCII
    /// character that is not white space if there is one. Consumes nothing. Must be called before
    /// all other methods.
    mutating func head() throws(ManifestError) -> [UInt8] {
        while true {
            let head = Array(piece[..<end])
            if head.contains(where: { !Self.isSpace($0) && $0 < 0x80 }) { return head }
            let count = end
            guard try append(), end > count else { return head }
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Reads more bytes after the buffered ones. Returns `false` at the end, or if the buffer is
    /// full.
    private mutating func append() throws(ManifestError) -> Bool {
        guard !isAtEnd, end < piece.count else { return false }
        let count: Int
        do throws(FileError) {
            count = try file.read(into: .init(rebasing: piece[end...]))
        } catch {
            throw ManifestError(error)
        }
        isAtEnd = count == 0
        digest.update(UnsafeRawBufferPointer(rebasing: piece[end..<end + count]))
        end += count
        return count > 0
    }

    /// Fills the buffer if it is empty. Returns `false` at the end.
    private mutating func fill() throws(ManifestError) -> Bool {
        if position < end { return true }
        (position, end) = (0, 0)
        return try append()
    }

    /// Returns the next line, or `nil` at the end.
    mutating func line(maximum: Int) throws(ManifestError) -> Line? {
        guard try fill() else { return nil }
        var line: [UInt8] = []
        var isTooLong = false
        while try fill() {
            let rest = UnsafeRawBufferPointer(rebasing: piece[position..<end])
            let found = rest.baseAddress.flatMap { memchr($0, 0x0A, rest.count) }
            let count =
                found.map { UnsafeRawPointer($0) - (rest.baseAddress ?? UnsafeRawPointer($0)) } ?? rest.count
            if line.count + count > maximum { isTooLong = true }
            // Growing by doubling would take several times the memory of a long line.
            if line.count > 1 << 20, line.capacity < maximum { line.reserveCapacity(maximum) }
            if isTooLong { line = [] } else { line.append(contentsOf: rest[..<count]) }
            position += count
            if found != nil {
                position += 1
                break
            }
        }
        return isTooLong ? .tooLong : .bytes(line)
    }

    /// Returns the SHA-256 of the manifest in hexadecimal, or `nil` if it was not read to its end.
    /// Must be called at most once.
    mutating func finish() -> String? {
        isAtEnd && position == end ? digest.finish().hexadecimal : nil
    }
}
