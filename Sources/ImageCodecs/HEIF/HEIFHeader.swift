#if HEIF
import CodecBridge
import Pixels

/// What libheif, and the boxes, say of a file before anything is decoded.
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
        _ picture: HEIFDecoder, byteCount: Int, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        let (info, structure) = (picture.info, picture.structure)
        // The transformations are applied by the decoder: an EXIF orientation beside them is not
        // applied again.
        var probe = ImageProbe(
            format: format, size: PixelSize(width: Int(info.width), height: Int(info.height)),
            colorModel: .yCbCr, byteCount: byteCount)
        probe.bitDepth = Int(info.bits)
        probe.hasAlpha = info.has_alpha != 0
        probe.frameCount = max(1, Int(info.images), structure.frameCount)
        probe.hasMetadata = info.has_metadata != 0
        if let profile = try picture.profile() {
            ProfileAcceptance.settle(profile, in: &probe, limits: limits)
        }
        let points = structure.codePoints
        // A profile that cannot be used leaves it to the code points.
        if let points, probe.profile == nil {
            CodePoints(primaries: points.primaries, transfer: points.transfer).settle(
                origin: "nclx", in: &probe)
        }
        // Before 1.19 it comes out in other colours, without an error.
        if let points, points.matrix == 0, !points.isFullRange, !CodecRequirement.heifLimitedRGB.isMet {
            throw .unsupportedFeature(CodecRequirement.heifLimitedRGB.message)
        }
        let coding = structure.coding
        if let chroma = coding?.subsampling {
            probe.chromaSubsampling = chroma.description
            probe.planeSubsampling = chroma
        }
        // Without code points the coded video may say something else, which shows after decoding
        // only.
        if let points, probe.planeSubsampling != nil, !probe.hasAlpha, probe.bitDepth == 8 {
            probe.hasPlanes = points.isFullRange && [2, 5, 6].contains(points.matrix)
        }
        // Cropped or not, the coded picture is decoded whole.
        let coded = max(probe.size.area, structure.largestArea)
        guard coded <= limits.maximumPixels else {
            throw .limitExceeded(.pixels, value: coded, maximum: limits.maximumPixels)
        }
        try estimateMemory(of: picture, coded: coded, in: &probe, limits: limits)
        return probe
    }

    /// What decoding takes beside the file, which is in memory too.
    private static func estimateMemory(
        of picture: HEIFDecoder, coded: Int, in probe: inout ImageProbe, limits: DecodeLimits
    ) throws(CodecError) {
        let sampleBytes = probe.bitDepth > 8 ? 2 : 1
        let tiling = HEIFWindow.Tiling(picture)
        let samples: Int
        if let tiling {
            samples = tiling.memory(sampleBytes: sampleBytes)
        } else {
            // From 1.19 on, planes in the decoder, in libheif, and turned; before, RGB and planes
            // again beside them.
            let subsampling = picture.structure.coding?.subsampling ?? .full
            let chroma = 1 << (subsampling.horizontalShift + subsampling.verticalShift)
            let perPixel =
                bridge_heif_has_tiles() != 0
                ? (3 * (chroma + 2) + chroma - 1) / chroma + (probe.hasAlpha ? 3 : 0) : probe.hasAlpha ? 8 : 6
            let (product, overflow) = coded.multipliedReportingOverflow(by: sampleBytes * perPixel)
            samples = overflow ? .max - probe.byteCount : product
        }
        probe.decodeMemory = samples + probe.byteCount
        let isGrid = picture.structure.primaryItem.flatMap { picture.structure.itemTypes[$0] } == "grid"
        if isGrid, tiling == nil, !probe.hasAlpha, !CodecRequirement.heifTiles.isMet,
            probe.decodeMemory > limits.maximumDecodeMemory
        {
            throw .limitExceeded(
                .untiledMemory, value: probe.decodeMemory, maximum: limits.maximumDecodeMemory)
        }
    }
}
#endif
