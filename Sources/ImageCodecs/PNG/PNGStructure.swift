import CodecBridge
import Pixels

/// The chunks of a PNG, each judged as libpng judges it. The header and the stripper read a file
/// through this type, and the decoder gets an option for the one point (tRNS) in which versions of
/// libpng differ about pixels, so that all three agree.
///
/// - libpng refuses the file: this throws. If 1.6.39 and later versions differ (a second PLTE, a
///   damaged IEND), the stricter one is followed.
/// - libpng ignores the chunk: it is listed in ``ignored``. Each chunk is judged alone, as in
///   1.6.47 and later: a damaged chunk does not affect others, and the first valid one of a type is
///   used.
/// - The ranges of gAMA and cHRM are those of 1.6.39; later versions leave them to the application.
///
/// Source: PNG specification, third edition, 5.6 and 11; libpng 1.6.39 and 1.6.48, pngrutil.c and
/// png.c.
struct PNGStructure {
    struct Chunk: Hashable {
        var type: String
        /// From the length to the end of the CRC.
        var range: Range<Int>
        var payload: Range<Int> { (range.lowerBound + 8)..<(range.upperBound - 4) }
    }

    /// The most chunks of a file; more are treated as hostile. Our choice.
    static let maximumChunks = 1_000_000

    let header: PNGImageHeader
    /// The valid chunks that decoders use, besides IHDR, IDAT and IEND, in file order.
    private(set) var usedChunks: [Chunk] = []
    /// The image data: consecutive IDAT chunks.
    private(set) var data: [Chunk] = []
    /// The types of known chunks that are ignored, with the reason for the first of each type.
    private(set) var ignored: [(type: String, why: String)] = []
    /// Other contents that are not needed to show the image.
    private(set) var removals: Set<StrippedImage.Removal> = []
    /// IEND; `nil` if the file is cut.
    private(set) var end: Chunk?
    /// The place at which a cut file ends.
    private(set) var cut: String?

    private var reader: HeaderReader
    private var offset = 8
    private var hasPalette = false
    private var paletteEntries = 0
    private var isAfterData = false

    /// Reads all chunks.
    ///
    /// - Throws: ``CodecError/corrupt(_:)`` if libpng refuses the file,
    ///   ``CodecError/truncated(_:)`` if it ends before its header or before any image data.
    init(_ source: EncodedSource) throws(CodecError) {
        reader = HeaderReader(source, windowSize: 4096)
        let first = try Self.chunk(at: 8, &reader)
        guard case .chunk(let chunk) = first, chunk.type == "IHDR", chunk.payload.count == 13 else {
            switch first {
            case .chunk(let other) where other.type == "CgBI":
                throw .unsupportedFeature("PNG in Xcode's format for iOS (CgBI) is not read")
            case .chunk(let other):
                throw .corrupt("expected IHDR of 13 bytes, found \(other.type) of \(other.payload.count)")
            case .cut(let what): throw .truncated(what)
            case .none: throw .truncated("no chunk after the signature")
            }
        }
        header = try PNGImageHeader(Array(try reader.bytes(at: chunk.payload.lowerBound, length: 13)))
        offset = chunk.range.upperBound
        try requireChecksum(chunk)
        try readChunks()
    }

    /// Returns the valid chunk of this type that decoders use.
    func chunk(_ type: String) -> Chunk? { usedChunks.first { $0.type == type } }

    // MARK: Reading

    private enum Step {
        case chunk(Chunk)
        case cut(String)
    }

    /// Returns the chunk at `offset`, or `nil` at the end of the data.
    private static func chunk(at offset: Int, _ reader: inout HeaderReader) throws(CodecError) -> Step? {
        guard offset < reader.count else { return nil }
        guard let length = try reader.bigEndian(at: offset, bytes: 4) else { return .cut("chunk header") }
        let name = try reader.bytes(at: offset + 4, length: 4)
        guard name.count == 4 else { return .cut("chunk header") }
        let type = String(decoding: name, as: UTF8.self)
        guard name.allSatisfy({ 65...90 ~= $0 || 97...122 ~= $0 }), length < 1 << 31 else {
            throw .corrupt("no chunk at offset \(offset)")
        }
        let end = offset + 12 + length
        guard end <= reader.count else {
            return .cut("chunk \(type) has \(length) bytes, the file ends inside it")
        }
        return .chunk(Chunk(type: type, range: offset..<end))
    }

    private mutating func readChunks() throws(CodecError) {
        var count = 1
        while let step = try Self.chunk(at: offset, &reader) {
            guard case .chunk(let chunk) = step else {
                if case .cut(let what) = step { cut = what }
                return
            }
            count += 1
            guard count <= Self.maximumChunks else {
                throw .corrupt("more than \(Self.maximumChunks) chunks")
            }
            offset = chunk.range.upperBound
            if chunk.type != "IDAT", !data.isEmpty { isAfterData = true }
            switch chunk.type {
            case "IDAT": try takeData(chunk)
            case "PLTE": try takePalette(chunk)
            case "IEND":
                guard !data.isEmpty else {
                    throw .truncated("the end chunk comes before any image data")
                }
                try requireChecksum(chunk)
                end = chunk
                if !chunk.payload.isEmpty || chunk.range.upperBound < reader.count {
                    removals.insert(.trailingData)
                }
                return
            case _ where chunk.type.utf8.first.map { $0 & 0x20 == 0 } ?? true:
                let what = chunk.type == "IHDR" ? "there are two" : "it is critical and not known"
                throw .corrupt("chunk \(chunk.type) cannot be read: \(what)")
            default: try takeAncillary(chunk)
            }
        }
        cut = "the file has no end chunk"
    }

    private mutating func ignore(_ type: String, _ why: String) {
        if !ignored.contains(where: { $0.type == type }) { ignored.append((type, why)) }
    }

    private mutating func takeData(_ chunk: Chunk) throws(CodecError) {
        if header.isPalette, !hasPalette { throw .corrupt("image data before PLTE") }
        if isAfterData {
            ignore(chunk.type, "it does not follow on the image data")
        } else {
            data.append(chunk)
        }
    }

    private mutating func takePalette(_ chunk: Chunk) throws(CodecError) {
        try requireChecksum(chunk)
        guard !hasPalette else { throw .corrupt("chunk PLTE cannot be read: there are two") }
        let entries = chunk.payload.count / 3
        guard data.isEmpty, header.hasColor else {
            hasPalette = hasPalette || data.isEmpty
            ignore(chunk.type, data.isEmpty ? "the image is grey" : "it follows the image data")
            return
        }
        hasPalette = true
        guard 1...256 ~= entries, chunk.payload.count.isMultiple(of: 3) else {
            if header.isPalette || chunk.payload.isEmpty {
                throw .corrupt("PLTE of \(chunk.payload.count) bytes, expected a multiple of 3 up to 768")
            }
            ignore(chunk.type, "it has \(chunk.payload.count) bytes")
            return
        }
        if header.isPalette { paletteEntries = min(entries, 1 << header.depth) }
        usedChunks.append(chunk)
        guard let transparency = usedChunks.firstIndex(where: { $0.type == "tRNS" }) else { return }
        usedChunks.remove(at: transparency)
        ignore("tRNS", "it precedes PLTE")
    }

    private mutating func takeAncillary(_ chunk: Chunk) throws(CodecError) {
        guard let rule = PNGChunkRule.rules[chunk.type] else {
            removals.insert(try removal(of: chunk))
            return
        }
        if let why = try objection(to: chunk, rule) {
            ignore(chunk.type, why)
        } else {
            usedChunks.append(chunk)
            if let removal = rule.removal { removals.insert(removal) }
        }
    }

    /// Returns the reason why libpng ignores the chunk, or `nil` if it uses it.
    private mutating func objection(to chunk: Chunk, _ rule: PNGChunkRule) throws(CodecError) -> String? {
        if rule.precedes != .nothing, !data.isEmpty { return "it follows the image data" }
        if rule.precedes == .palette, hasPalette { return "it follows PLTE" }
        if usedChunks.contains(where: { $0.type == chunk.type }) { return "there is one before it" }
        let length = chunk.payload.count
        guard rule.lengths.contains(length) else { return "it has \(length) bytes" }
        if rule.needsChecksum, try !isWhole(chunk) { return "its checksum is wrong" }
        let payload = Array(try reader.bytes(at: chunk.payload.lowerBound, length: length))
        return rule.objection(payload, header, hasPalette ? paletteEntries : 0)
    }

    private mutating func removal(of chunk: Chunk) throws(CodecError) -> StrippedImage.Removal {
        switch chunk.type {
        case "tEXt", "zTXt", "iTXt":
            let isXMP = try reader.bytes(at: chunk.payload.lowerBound, length: 17)
                .elementsEqual("XML:com.adobe.xmp".utf8)
            return isXMP ? .xmp : .text
        case "fcTL", "fdAT": return .animation
        case "caBX": return .contentCredentials
        default: return .other
        }
    }

    // MARK: Checksums

    private mutating func requireChecksum(_ chunk: Chunk) throws(CodecError) {
        guard try isWhole(chunk) else { throw .corrupt("checksum of chunk \(chunk.type) is wrong") }
    }

    /// Whether the CRC over type and payload is correct.
    mutating func isWhole(_ chunk: Chunk) throws(CodecError) -> Bool {
        let sum = try checksum(of: chunk.range.lowerBound + 4..<chunk.payload.upperBound)
        return try reader.bigEndian(at: chunk.payload.upperBound, bytes: 4) == Int(sum)
    }

    /// Returns the CRC of type and payload together.
    static func checksum(of bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { bridge_crc32(0, $0.baseAddress, $0.count) }
    }

    /// Returns the CRC over a range of the file.
    mutating func checksum(of range: Range<Int>) throws(CodecError) -> UInt32 {
        var sum: UInt32 = 0
        var offset = range.lowerBound
        while offset < range.upperBound {
            let limit = range.upperBound - offset
            let count = try reader.withAvailable(at: offset) { bytes in
                let count = min(limit, bytes.count)
                let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                sum = bridge_crc32(sum, start, count)
                return count
            }
            guard count > 0 else { throw .truncated("the file became shorter while it was read") }
            offset += count
        }
        return sum
    }

    /// Returns the payload of the valid chunk of this type.
    mutating func payload(_ type: String) throws(CodecError) -> [UInt8]? {
        guard let range = chunk(type)?.payload else { return nil }
        return Array(try reader.bytes(at: range.lowerBound, length: range.count))
    }
}
