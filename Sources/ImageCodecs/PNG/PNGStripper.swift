import Pixels

/// Strips a PNG down to the chunks and bytes that decoding, colour and transparency need.
enum PNGStripper {
    /// The chunks that are kept if valid, besides IHDR, IDAT and IEND.
    private static let kept: Set<String> = ["PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT"]

    static func strip(
        _ source: EncodedSource, keepsProfile: Bool
    ) throws(CodecError) -> StrippedImage {
        var structure = try PNGStructure(source)
        var result = StrippedImage()
        result.removals = structure.removals
        if !structure.ignored.isEmpty { result.removals.insert(.other) }
        result.copy(0..<33)  // the signature and IHDR
        for chunk in structure.usedChunks {
            try add(chunk, of: &structure, keepsProfile: keepsProfile, to: &result)
        }
        try addData(&structure, source, to: &result)
        if let end = structure.end, end.payload.isEmpty {
            result.copy(end.range)
        } else {
            result.write(chunk: "IEND", [])
            result.lacksEnd = structure.end == nil
        }
        return result
    }

    private static func add(
        _ chunk: PNGStructure.Chunk, of structure: inout PNGStructure, keepsProfile: Bool,
        to result: inout StrippedImage
    ) throws(CodecError) {
        guard kept.contains(chunk.type) else { return }
        guard let payload = try structure.payload(chunk.type) else { return }
        var replacement: [UInt8]? = payload
        switch chunk.type {
        case "iCCP":
            if keepsProfile, case .success(let profile) = PNGProfile.read(payload) {
                if !profile.isAlone || !profile.hasNeutralName { replacement = try profile.payload() }
            } else {
                replacement = nil
            }
        // The palette of a true-colour image is only a suggestion, and entries beyond the bit
        // depth are unreachable.
        case "PLTE":
            replacement =
                structure.header.isPalette
                ? Array(payload.prefix(3 << structure.header.depth)) : nil
        case "cICP": if !PNGColor.describesColor(codePoints: payload) { replacement = nil }
        default: break
        }
        if replacement == payload, try structure.isWhole(chunk) {
            result.copy(chunk.range)
        } else {
            if let replacement { result.write(chunk: chunk.type, replacement) }
            result.removals.insert(.other)
        }
    }

    private static func addData(
        _ structure: inout PNGStructure, _ source: EncodedSource, to result: inout StrippedImage
    ) throws(CodecError) {
        let chunks = structure.data
        var last = (chunk: chunks.count - 1, bytes: chunks.last?.payload.count ?? 0)
        switch try PNGImageData.extent(of: &structure, in: source) {
        case .everything: break
        case .upTo(let chunk, let bytes):
            last = (chunk, bytes)
            let following = chunks[chunk...].reduce(0) { $0 + $1.payload.count } - bytes
            result.removals.insert(following > 0 ? .trailingData : .other)
        case .unusable: result.needsEncoding = true
        }
        for (index, chunk) in chunks.enumerated() where index <= last.chunk {
            let count = index == last.chunk ? last.bytes : chunk.payload.count
            if count == 0 {
                result.removals.insert(.other)
            } else if count == chunk.payload.count {
                result.copy(chunk.range)
            } else {
                let start = chunk.payload.lowerBound
                let checksum = try structure.checksum(of: start - 4..<start + count)
                result.write(UInt32(count).bigEndianBytes)
                result.copy(start - 4..<start + count)
                result.write(checksum.bigEndianBytes)
            }
        }
    }
}

extension StrippedImage {
    /// Writes a PNG chunk, with its length and CRC.
    fileprivate mutating func write(chunk type: String, _ payload: [UInt8]) {
        let body = Array(type.utf8) + payload
        write(UInt32(payload.count).bigEndianBytes + body + PNGStructure.checksum(of: body).bigEndianBytes)
    }
}

extension UInt32 {
    fileprivate var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) } }
}
