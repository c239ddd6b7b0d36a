import CodecBridge
private import Pixels

/// Reads IHDR and the chunks that say something about colour, orientation and frames.
enum PNGHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        var walker = PNGWalker(source)
        guard let header = try walker.next() else { throw .truncated("no chunk after the signature") }
        guard header.type == "IHDR", header.payload.count == 13 else {
            throw .corrupt("expected IHDR of 13 bytes, found \(header.type) of \(header.payload.count)")
        }
        let bytes = Array(try walker.reader.bytes(at: header.payload.lowerBound, length: 13))
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].bigEndianValue }
        let size = PixelSize(width: number(0), height: number(4))
        let (depth, type, interlace) = (Int(bytes[8]), bytes[9], bytes[12])
        let depths: [UInt8: [Int]] = [
            0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
        ]
        guard depths[type]?.contains(depth) == true else {
            throw .corrupt("colour type \(type) with \(depth) bits does not exist")
        }
        let model: ImageProbe.ColorModel = type == 3 ? .palette : type & 2 == 0 ? .grey : .rgb
        var probe = ImageProbe(format: .png, size: size, colorModel: model, byteCount: source.count)
        probe.bitDepth = depth
        probe.hasAlpha = type & 4 != 0
        probe.isProgressive = interlace == 1
        try readAncillaryChunks(&walker, into: &probe, limits: limits)
        if probe.isProgressive {
            let channels = (model == .grey ? 1 : 3) + (probe.hasAlpha ? 1 : 0)
            let (bytes, overflow) = size.area.multipliedReportingOverflow(
                by: channels * (depth == 16 ? 2 : 1))
            probe.decodeMemory = overflow ? .max : bytes
        }
        return probe
    }

    private static func readAncillaryChunks(
        _ walker: inout PNGWalker, into probe: inout ImageProbe, limits: DecodeLimits
    ) throws(CodecError) {
        var sawData = false
        var profileChunk: Range<Int>?
        var gamma: Int?
        var chromaticities: [Int]?
        var isStandard = false
        var codingPoints: [UInt8]?
        chunks: while true {
            let chunk: PNGWalker.Chunk?
            do throws(CodecError) {
                chunk = try walker.next()
            } catch {
                // What is broken behind the header is the decoder's to judge, and it says it better.
                if case .readFailed = error { throw error }
                break
            }
            guard let chunk else { break }
            func payload(_ length: Int) throws(CodecError) -> [UInt8] {
                Array(
                    try walker.reader.bytes(
                        at: chunk.payload.lowerBound, length: min(length, chunk.payload.count)))
            }
            if let removal = PNGStripper.removal(ofType: chunk.type, isCritical: chunk.isCritical),
                removal != .animation
            {
                probe.hasMetadata = true
            }
            switch chunk.type {
            case "IEND": break chunks
            case "IDAT": sawData = true
            case "tRNS": if !sawData { probe.hasAlpha = true }
            case "eXIf":
                probe.orientation = EXIF(try payload(EXIF.maximumBytes)).orientation ?? probe.orientation
            case "acTL":
                let control = try payload(8)
                if !sawData, control.count == 8 {
                    probe.frameCount = max(1, control[0..<4].bigEndianValue)
                }
            case "iCCP": if !sawData, profileChunk == nil { profileChunk = chunk.payload }
            case "sRGB": isStandard = true
            case "cICP": codingPoints = try payload(4)
            case "gAMA": gamma = try payload(4).bigEndianValue
            case "cHRM":
                let values = try payload(32)
                chromaticities = stride(from: 0, to: values.count - 3, by: 4).map {
                    values[$0..<$0 + 4].bigEndianValue
                }
            default: break
            }
        }
        // The order of precedence of the PNG specification (third edition, 4.3): cICP, iCCP, sRGB, gAMA with cHRM.
        if let codingPoints, codingPoints.count == 4 {
            PNGColor.settle(codingPoints: codingPoints, in: &probe)
        } else if let profileChunk {
            try readProfile(profileChunk, &walker, into: &probe, limits: limits)
        }
        guard codingPoints == nil, probe.profile == nil, !isStandard else { return }
        PNGColor.settle(gamma: gamma, chromaticities: chromaticities, in: &probe)
    }

    private static func readProfile(
        _ range: Range<Int>, _ walker: inout PNGWalker, into probe: inout ImageProbe, limits: DecodeLimits
    ) throws(CodecError) {
        // libpng itself gives up on chunks above 8 000 000 bytes.
        guard range.count <= 8_000_000 else {
            probe.remarks.append(.profileIgnored("its chunk has \(range.count) bytes, the limit is 8000000"))
            return
        }
        let bytes = try walker.reader.bytes(at: range.lowerBound, length: range.count)
        guard let nameEnd = bytes.prefix(80).firstIndex(of: 0), nameEnd + 2 <= bytes.endIndex else {
            probe.remarks.append(.profileIgnored("its chunk is damaged"))
            return
        }
        var output = bridge_output()
        let status = Array(bytes[(nameEnd + 2)...]).withUnsafeBufferPointer {
            bridge_inflate($0.baseAddress, $0.count, limits.maximumProfileBytes, &output)
        }
        do throws(CodecError) {
            try CodecError.check(status)
        } catch {
            let reason =
                error == .outputTooLarge(maximum: limits.maximumProfileBytes)
                ? "it has more than \(limits.maximumProfileBytes) bytes" : "its chunk is damaged"
            probe.remarks.append(.profileIgnored(reason))
            return
        }
        let profile = Array(UnsafeBufferPointer(start: output.bytes, count: output.size))
        bridge_free(output.bytes)
        ProfileAcceptance.settle(profile, in: &probe, limits: limits)
    }
}
