private import Pixels

/// Reads the chunk headers of a WebP file.
enum WebPHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        var walker = try WebPWalker(source)
        var canvas: PixelSize?
        var flags: UInt8 = 0
        var bitstream: (size: PixelSize, hasAlpha: Bool, isLossless: Bool)?
        var hasAlphaChunk = false
        var frames = 0
        var orientation: Orientation?
        var profile: [UInt8]?
        var hasMetadata = false
        var firstFailure: CodecError?
        while true {
            let chunk: WebPWalker.Chunk?
            do throws(CodecError) {
                chunk = try walker.next()
            } catch {
                firstFailure = error
                break
            }
            guard let chunk else { break }
            func payload(_ length: Int) throws(CodecError) -> [UInt8] {
                Array(
                    try walker.reader.bytes(
                        at: chunk.payload.lowerBound, length: min(length, chunk.payload.count)))
            }
            switch chunk.type {
            case "VP8X":
                let bytes = try payload(10)
                guard bytes.count == 10, canvas == nil else { continue }
                flags = bytes[0]
                canvas = PixelSize(
                    width: bytes[4..<7].littleEndianValue + 1, height: bytes[7..<10].littleEndianValue + 1)
            // Of two bitstreams the first counts, for libwebp and for stripping: it must be a good one.
            case "VP8 " where bitstream == nil:
                let bytes = try payload(10)
                guard bytes.count == 10, bytes[3...5].elementsEqual([0x9D, 0x01, 0x2A]) else {
                    throw .corrupt("the VP8 chunk has no start code")
                }
                let size = PixelSize(
                    width: bytes[6..<8].littleEndianValue & 0x3FFF,
                    height: bytes[8..<10].littleEndianValue & 0x3FFF)
                bitstream = (size, false, false)
            case "VP8L" where bitstream == nil:
                let bytes = try payload(5)
                guard bytes.count == 5, bytes[0] == 0x2F else {
                    throw .corrupt("the VP8L chunk has no signature")
                }
                let bits = bytes[1..<5].littleEndianValue
                let size = PixelSize(width: (bits & 0x3FFF) + 1, height: (bits >> 14 & 0x3FFF) + 1)
                bitstream = (size, bits >> 28 & 1 == 1, true)
            case "ALPH": hasAlphaChunk = true
            case "ANMF": frames += 1
            case "XMP ": hasMetadata = true
            case "EXIF":
                hasMetadata = true
                if orientation == nil { orientation = EXIF(try payload(EXIF.maximumBytes)).orientation }
            case "ICCP": if profile == nil { profile = try payload(limits.maximumProfileBytes + 1) }
            default: break
            }
        }
        let isAnimated = flags & 0x02 != 0
        guard let size = canvas ?? bitstream?.size, isAnimated || bitstream != nil else {
            throw firstFailure ?? .corrupt("no image chunk")
        }
        var probe = ImageProbe(
            format: .webp, size: isAnimated ? size : bitstream?.size ?? size,
            colorModel: bitstream?.isLossless == true ? .rgb : .yCbCr, byteCount: source.count)
        probe.orientation = orientation ?? .topLeft
        probe.hasAlpha =
            isAnimated || flags & 0x10 != 0 && bitstream?.isLossless != true
            || hasAlphaChunk || bitstream?.hasAlpha == true
        probe.hasMetadata = hasMetadata
        probe.frameCount = isAnimated ? max(frames, 1) : 1
        if probe.colorModel == .yCbCr { probe.chromaSubsampling = ChromaSubsampling.quarter.description }
        // The decoded picture; a lossless one has its own copy inside libwebp, an animation two canvases more.
        let channels = probe.hasAlpha ? 4 : 3
        let inside = isAnimated ? 12 : bitstream?.isLossless == true ? 4 : 0
        probe.decodeMemory = probe.size.area * (channels + inside) + source.count
        if let profile { ProfileAcceptance.settle(profile, in: &probe, limits: limits) }
        return probe
    }
}
