import Pixels

/// Probes a PNG: reads IHDR and the valid chunks for colour, orientation and frames.
enum PNGHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        var structure = try PNGStructure(source)
        let header = structure.header
        var probe = ImageProbe(
            format: .png, size: header.size, colorModel: header.colorModel, byteCount: source.count)
        probe.bitDepth = header.depth
        probe.hasAlpha = header.hasAlphaChannel || structure.chunk("tRNS") != nil
        probe.isProgressive = header.isInterlaced
        probe.hasMetadata =
            !structure.removals.isSubset(of: [.animation, .trailingData]) || !structure.ignored.isEmpty
        probe.remarks = structure.ignored.map {
            $0.type == "iCCP" ? .profileIgnored($0.why) : .chunkIgnored($0.type, $0.why)
        }
        if let block = try structure.payload("eXIf") {
            probe.orientation = EXIF(block).orientation ?? probe.orientation
        }
        if let control = try structure.payload("acTL") { probe.frameCount = control[0..<4].bigEndianValue }
        try PNGColor.apply(&structure, to: &probe, limits: limits)
        if probe.isProgressive {
            let sampleBytes = header.depth == 16 ? 2 : 1
            let channels = (header.hasColor ? 3 : 1) + (probe.hasAlpha ? 1 : 0)
            let (bytes, overflow) = header.size.area.multipliedReportingOverflow(by: channels * sampleBytes)
            probe.decodeMemory = overflow ? .max : bytes
        }
        try checkVolume(structure, limits: limits)
        return probe
    }

    /// Refuses image data that are too short for the pixels: DEFLATE expands one byte to at most
    /// 1,032 (two bits to 258). Ignores headers that exceed the limits, which refuse them later.
    private static func checkVolume(_ structure: PNGStructure, limits: DecodeLimits) throws(CodecError) {
        let size = structure.header.size
        guard 1...limits.maximumPixels ~= size.area else { return }
        let compressed = structure.data.reduce(0) { $0 + $1.payload.count }
        let needed = structure.header.dataBytes
        guard structure.cut != nil || compressed >= needed / 1032 else {
            throw .truncated("\(compressed) bytes of image data cannot hold \(size) px")
        }
    }
}
