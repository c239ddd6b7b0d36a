/// Steps through the chunks of a PNG file (PNG specification, third edition, section 5).
struct PNGWalker {
    struct Chunk {
        var type: String
        /// From the length to the end of the CRC.
        var range: Range<Int>
        var payload: Range<Int>

        /// Whether a decoder must understand it: an upper-case first letter.
        var isCritical: Bool { type.utf8.first.map { $0 & 0x20 == 0 } ?? false }
    }

    /// More chunks than this are hostile; our number.
    static let maximumChunks = 1_000_000

    var reader: HeaderReader
    private(set) var offset = 8
    private var count = 0

    init(_ source: EncodedSource, windowSize: Int = 4096) {
        reader = HeaderReader(source, windowSize: windowSize)
    }

    /// The next chunk, or `nil` at the end of the data.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` where a chunk reaches past the end, ``CodecError/corrupt(_:)`` where what
    ///   follows is no chunk.
    mutating func next() throws(CodecError) -> Chunk? {
        guard offset < reader.count else { return nil }
        count += 1
        guard count <= Self.maximumChunks else { throw .corrupt("more than \(Self.maximumChunks) chunks") }
        guard let length = try reader.bigEndian(at: offset, bytes: 4) else {
            throw .truncated("chunk header")
        }
        let name = try reader.bytes(at: offset + 4, length: 4)
        guard name.count == 4 else { throw .truncated("chunk header") }
        let type = String(decoding: name, as: UTF8.self)
        guard name.allSatisfy({ 65...90 ~= $0 || 97...122 ~= $0 }), length < 1 << 31 else {
            throw .corrupt("no chunk at offset \(offset)")
        }
        let end = offset + 12 + length
        guard end <= reader.count else {
            throw .truncated("chunk \(type) has \(length) bytes, the file ends in it")
        }
        defer { offset = end }
        return Chunk(type: type, range: offset..<end, payload: (offset + 8)..<(end - 4))
    }
}
