/// Keeps of a still WebP the bitstream, its alpha and its profile, and corrects the header.
enum WebPStripper {
    static func strip(_ source: EncodedSource, keepsProfile: Bool) throws(CodecError) -> StrippedImage {
        var result = StrippedImage()
        var walker = try WebPWalker(source)
        var hasImage = false
        while let chunk = try walker.next() {
            switch chunk.type {
            case "ICCP" where !keepsProfile: result.removals.insert(.other)
            case "VP8 ", "VP8L", "ALPH", "ICCP":
                // Of two bitstreams the first counts.
                if chunk.type.hasPrefix("VP8") {
                    guard !hasImage else { continue }
                    hasImage = true
                }
                result.copy(chunk.range)
                // A file may end before the padding byte of its last chunk.
                if !chunk.range.count.isMultiple(of: 2) { result.write([0]) }
            case "VP8X":
                var header = try source.bytes(at: chunk.range.lowerBound, length: chunk.range.count)
                guard header.count >= 18 else { throw .corrupt("VP8X of \(chunk.payload.count) bytes") }
                guard header[8] & 0x02 == 0 else {
                    throw .unsupportedFeature("an animation cannot pass as it is")
                }
                let flags = header[8]
                header[8] &= ~(0x08 | 0x04 | (keepsProfile ? 0 : 0x20))  // EXIF, XMP, profile
                if header[8] == flags { result.copy(chunk.range) } else { result.write(header) }
            case "EXIF": result.removals.insert(.exif)
            case "XMP ": result.removals.insert(.xmp)
            case "C2PA": result.removals.insert(.contentCredentials)
            default: result.removals.insert(.other)
            }
        }
        guard hasImage else { throw .truncated("the file ends before its image data") }
        if walker.end < source.count { result.removals.insert(.trailingData) }
        let size = result.byteCount + 4
        if result.pieces == [.copied(12..<source.count)], source.count == size + 8,
            try walker.reader.littleEndian(at: 4, bytes: 4) == size
        {
            var whole = StrippedImage()
            whole.copy(0..<source.count)
            return whole
        }
        let length = (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        result.prepend(Array("RIFF".utf8) + length + Array("WEBP".utf8))
        return result
    }
}
