import CodecBridge

/// Keeps of a PNG the critical chunks and what colour and transparency need.
enum PNGStripper {
    /// Beside the critical chunks.
    private static let kept: Set<String> = [
        "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "mDCV", "cLLI", "sBIT",
    ]

    /// What removing a chunk takes away; `nil` for what decoding and colour need.
    static func removal(ofType type: String, isCritical: Bool) -> StrippedImage.Removal? {
        guard !isCritical, !kept.contains(type) else { return nil }
        switch type {
        case "eXIf": return .exif
        case "tEXt", "zTXt", "iTXt": return .text
        case "acTL", "fcTL", "fdAT": return .animation
        case "caBX": return .contentCredentials
        default: return .other
        }
    }

    static func strip(_ source: EncodedSource, keepsProfile: Bool) throws(CodecError) -> StrippedImage {
        var result = StrippedImage()
        var walker = PNGWalker(source, windowSize: 65_536)
        var dataChunks = 0
        result.copy(0..<8)
        while true {
            let chunk: PNGWalker.Chunk?
            do throws(CodecError) {
                chunk = try walker.next()
            } catch {
                // Cut inside what follows the pixels, nothing is lost; cut before, it is for the decoder to find out.
                guard case .truncated = error, dataChunks > 0 else { throw error }
                chunk = nil
            }
            guard let chunk else { break }
            let isWhole = try hasCorrectChecksum(chunk, source)
            switch chunk.type {
            case "IEND":
                guard dataChunks > 0 else { throw .truncated("the end chunk comes before any image data") }
                guard isWhole else { throw .corrupt("checksum of chunk IEND is wrong") }
                result.copy(chunk.range)
                if chunk.range.upperBound < source.count { result.removals.insert(.trailingData) }
                return result
            case _ where chunk.isCritical || chunk.type == "tRNS":
                guard isWhole else { throw .corrupt("checksum of chunk \(chunk.type) is wrong") }
                if chunk.type == "IDAT" { dataChunks += 1 }
                result.copy(chunk.range)
            case "iCCP" where !keepsProfile: result.removals.insert(.other)
            default:
                if let removal = removal(ofType: chunk.type, isCritical: false) {
                    let isXMP = removal == .text ? try isXMP(chunk, &walker) : false
                    result.removals.insert(isXMP ? .xmp : removal)
                } else if isWhole {
                    result.copy(chunk.range)
                } else {
                    result.removals.insert(.other)
                }
            }
        }
        guard dataChunks > 0 else { throw .truncated("the file ends before its image data") }
        result.write([0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
        result.lacksEnd = true
        return result
    }

    private static func isXMP(_ chunk: PNGWalker.Chunk, _ walker: inout PNGWalker) throws(CodecError) -> Bool
    {
        try walker.reader.bytes(at: chunk.payload.lowerBound, length: 17).elementsEqual(
            "XML:com.adobe.xmp".utf8)
    }

    /// Over type and payload, as PNG wants it.
    private static func hasCorrectChecksum(
        _ chunk: PNGWalker.Chunk, _ source: EncodedSource
    ) throws(CodecError) -> Bool {
        var checksum: UInt32 = 0
        var offset = chunk.payload.lowerBound - 4
        while offset < chunk.payload.upperBound {
            let bytes = try source.bytes(at: offset, length: min(65_536, chunk.payload.upperBound - offset))
            guard !bytes.isEmpty else { throw .truncated("the file became shorter while it was read") }
            checksum = bridge_crc32(checksum, bytes, bytes.count)
            offset += bytes.count
        }
        return try source.bytes(at: chunk.payload.upperBound, length: 4).bigEndianValue == Int(checksum)
    }
}
