#if HEIF
import CodecBridge
import Pixels

/// Probes a HEIF or AVIF file with libheif and from its boxes, without decoding.
enum HEIFHeader {
    static func probe(
        _ source: EncodedSource, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        do {
            return try source.withAllBytes { bytes in
                try probe(
                    HEIFDecoder(bytes, limits: limits), byteCount: source.count, format: format,
                    limits: limits)
            }
        } catch let error as CodecError {
            throw error
        } catch {
            throw .misuse("\(error)")
        }
    }

    private static func probe(
        _ decoder: HEIFDecoder, byteCount: Int, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        let (info, structure) = (decoder.info, decoder.structure)
        // The decoder applies the transformations; an EXIF orientation beside them is ignored.
        var probe = ImageProbe(
            format: format, size: PixelSize(width: Int(info.width), height: Int(info.height)),
            colorModel: .yCbCr, byteCount: byteCount)
        probe.bitDepth = Int(info.bits)
        probe.hasAlpha = info.has_alpha != 0
        probe.frameCount = max(1, Int(info.images), structure.frameCount)
        probe.hasMetadata = info.has_metadata != 0
        if let profile = try decoder.profile() {
            ProfileAcceptance.apply(profile, to: &probe, limits: limits)
        }
        let points = structure.codePoints
        // An unusable profile gives way to the code points.
        if let points, probe.profile == nil {
            CodePoints(primaries: points.primaries, transfer: points.transfer).apply(
                origin: "nclx", to: &probe)
        }
        // libheif before 1.19 decodes limited-range RGB to wrong colours, without an error.
        if let points, points.matrix == 0, !points.isFullRange, !CodecRequirement.heifLimitedRGB.isMet {
            throw .unsupportedFeature(CodecRequirement.heifLimitedRGB.message)
        }
        let coding = structure.coding
        if let chroma = coding?.subsampling {
            probe.chromaSubsampling = chroma.description
            probe.planeSubsampling = chroma
        }
        // Without code points, the coded video may state others, which is known only after
        // decoding.
        if let points, probe.planeSubsampling != nil, !probe.hasAlpha, probe.bitDepth == 8 {
            probe.hasPlanes = points.isFullRange && [2, 5, 6].contains(points.matrix)
        }
        // From 1.19 on, libheif converts such planes to 4:4:4.
        if bridge_heif_has_tiles() != 0, let geometry = geometry(of: structure),
            geometry.splitsSamples(of: coding?.subsampling ?? .full)
        {
            probe.hasPlanes = false
        }
        // The coded image is decoded whole, even if it is cropped.
        let coded = max(probe.size.area, structure.largestArea)
        guard coded <= limits.maximumPixels else {
            throw .limitExceeded(.pixels, value: coded, maximum: limits.maximumPixels)
        }
        try estimateMemory(of: decoder, coded: coded, in: &probe, limits: limits)
        return probe
    }

    /// Returns the geometry of the primary image; `nil` without its size.
    private static func geometry(of structure: HEIFStructure) -> HEIFGeometry? {
        let properties = structure.primaryItem.map(structure.properties) ?? []
        for case .size(let size) in properties { return HEIFGeometry(coded: size, properties: properties) }
        return nil
    }

    /// Returns the subsampling of the planes of a whole image, which libheif from 1.19 on converts
    /// to 4:4:4 before it rotates, mirrors or crops odd sizes or 4:2:2.
    private static func transformedSubsampling(of structure: HEIFStructure) -> ChromaSubsampling {
        let subsampling = structure.coding?.subsampling ?? .full
        guard let geometry = geometry(of: structure),
            geometry != HEIFGeometry(coded: geometry.coded, properties: [])
        else { return subsampling }
        let isOdd = (geometry.size.width | geometry.size.height) & 1 == 1
        let isConverted =
            isOdd || geometry.splitsSamples(of: subsampling)
            || geometry.swapsAxes && subsampling == .halfColumns
        return isConverted ? .full : subsampling
    }

    /// Estimates the memory for decoding, in bytes, besides the file, which is in memory too.
    private static func estimateMemory(
        of decoder: HEIFDecoder, coded: Int, in probe: inout ImageProbe, limits: DecodeLimits
    ) throws(CodecError) {
        let sampleBytes = probe.bitDepth > 8 ? 2 : 1
        let tiling = HEIFWindow.Tiling(decoder)
        let samples: Int
        if let tiling {
            samples = tiling.memory(sampleBytes: sampleBytes)
        } else {
            // From 1.19 on: planes in the decoder, in libheif, and rotated. Before: also RGB, and
            // planes again.
            let subsampling = transformedSubsampling(of: decoder.structure)
            let chroma = 1 << (subsampling.horizontalShift + subsampling.verticalShift)
            let perPixel =
                bridge_heif_has_tiles() != 0
                ? (3 * (chroma + 2) + chroma - 1) / chroma + (probe.hasAlpha ? 3 : 0) : probe.hasAlpha ? 8 : 6
            let (product, overflow) = coded.multipliedReportingOverflow(by: sampleBytes * perPixel)
            samples = overflow ? .max - probe.byteCount : product
        }
        probe.decodeMemory = samples + probe.byteCount
        let isGrid = decoder.structure.primaryItem.flatMap { decoder.structure.itemTypes[$0] } == "grid"
        if isGrid, tiling == nil, !probe.hasAlpha, !CodecRequirement.heifTiles.isMet,
            probe.decodeMemory > limits.maximumDecodeMemory
        {
            throw .limitExceeded(
                .untiledMemory, value: probe.decodeMemory, maximum: limits.maximumDecodeMemory)
        }
    }
}
#endif
