#if HEIF
import CodecBridge
import Pixels

/// What libheif says of a file before anything is decoded.
enum HEIFHeader {
    static func probe(
        _ source: EncodedSource, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        do {
            return try source.withAllBytes { bytes in
                var probe = try probe(
                    HEIFPicture(bytes), byteCount: source.count, format: format, limits: limits)
                let properties = HEIFProperties(bytes)
                // Cropped or not, the coded picture is decoded whole.
                let coded = max(probe.size.area, properties.largestArea)
                guard coded <= limits.maximumPixels else {
                    throw CodecError.limitExceeded(.pixels, value: coded, maximum: limits.maximumPixels)
                }
                // RGB or RGBA beside the planes it is made of, and the file.
                let sampleBytes = probe.bitDepth > 8 ? 2 : 1
                let (memory, overflow) = coded.multipliedReportingOverflow(
                    by: sampleBytes * (probe.hasAlpha ? 8 : 6))
                probe.decodeMemory = overflow ? .max : memory &+ source.count
                if let chroma = properties.subsampling {
                    probe.chromaSubsampling = chroma.description
                    probe.planeSubsampling = chroma
                }
                return probe
            }
        } catch let error as CodecError {
            throw error
        } catch {
            throw .misuse("\(error)")
        }
    }

    private static func probe(
        _ picture: HEIFPicture, byteCount: Int, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> ImageProbe {
        let info = picture.info
        // The transformations are applied by the decoder: an EXIF orientation beside them is not applied again.
        var probe = ImageProbe(
            format: format, size: PixelSize(width: Int(info.width), height: Int(info.height)),
            colorModel: .yCbCr,
            byteCount: byteCount)
        probe.bitDepth = Int(info.bits)
        probe.hasAlpha = info.has_alpha != 0
        probe.frameCount = max(1, Int(info.pictures))
        probe.hasMetadata = info.has_metadata != 0
        if info.profile_size > 0 {
            var profile = [UInt8](repeating: 0, count: Int(info.profile_size))
            try CodecError.check(bridge_heif_profile(picture.handle, &profile))
            ProfileAcceptance.settle(profile, in: &probe, limits: limits)
        } else if info.has_code_points != 0 {
            CodePoints(primaries: Int(info.primaries), transfer: Int(info.transfer))
                .settle(origin: "nclx", in: &probe)
        }
        // Without code points the coded video may say something else, which libheif keeps to itself.
        probe.hasPlanes =
            probe.bitDepth == 8 && !probe.hasAlpha && info.has_code_points != 0 && info.full_range != 0
            && [2, 5, 6].contains(info.matrix)
        return probe
    }
}
#endif
