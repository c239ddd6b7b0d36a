/// Steps through the RIFF chunks of a WebP file (WebP Container Specification).
struct WebPWalker {
    struct Chunk {
        var type: String
        /// From the FourCC to the end of the padding.
        var range: Range<Int>
        var payload: Range<Int>
    }

    /// More chunks than this are hostile; our number.
    static let maximumChunks = 1_000_000

    var reader: HeaderReader
    private(set) var offset = 12
    /// Where the RIFF header says that the file ends, and not past the data.
    let end: Int
    private var count = 0

    init(_ source: EncodedSource) throws(CodecError) {
        reader = HeaderReader(source, windowSize: 4096)
        guard let declared = try reader.littleEndian(at: 4, bytes: 4), source.count >= 12 else {
            throw .truncated("RIFF header")
        }
        end = min(source.count, 8 + declared)
    }

    /// The next chunk, or `nil` at the end.
    mutating func next() throws(CodecError) -> Chunk? {
        guard offset + 8 <= end else { return nil }
        count += 1
        guard count <= Self.maximumChunks else { throw .corrupt("more than \(Self.maximumChunks) chunks") }
        let type = String(decoding: try reader.bytes(at: offset, length: 4), as: UTF8.self)
        guard let length = try reader.littleEndian(at: offset + 4, bytes: 4) else {
            throw .truncated("chunk header")
        }
        let payload = (offset + 8)..<(offset + 8 + length)
        guard payload.upperBound <= reader.count else {
            throw .truncated("chunk \(type.debugDescription) has \(length) bytes, the file ends in it")
        }
        let next = min(payload.upperBound + (length & 1), reader.count)
        defer { offset = next }
        return Chunk(type: type, range: offset..<next, payload: payload)
    }
}
