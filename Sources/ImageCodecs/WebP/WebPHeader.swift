import Pixels

/// Probes a WebP file from its chunks.
enum WebPHeader {
    static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe {
        let layout = try WebPLayout(source)
        let isAnimated = layout.isAnimated
        let bitstream = layout.image?.bitstream
        guard let size = isAnimated ? layout.extended?.canvas : bitstream?.size else {
            throw layout.failure ?? .corrupt("no image chunk")
        }
        func payload(_ chunk: WebPLayout.Chunk?, _ maximum: Int) throws(CodecError) -> [UInt8]? {
            guard let chunk else { return nil }
            return try source.bytes(at: chunk.payload.lowerBound, length: min(chunk.payload.count, maximum))
        }
        let isLossless = !isAnimated && bitstream?.isLossless == true
        var probe = ImageProbe(
            format: .webp, size: size, colorModel: isLossless ? .rgb : .yCbCr, byteCount: source.count)
        if let exif = try payload(layout.exif, EXIF.maximumBytes) {
            probe.orientation = EXIF(exif).orientation ?? .topLeft
        }
        probe.hasAlpha =
            isAnimated
            || (isLossless ? bitstream?.hasAlpha == true : layout.extended?.flags.contains(.alpha) == true)
        probe.hasMetadata =
            layout.exif != nil || layout.xmp != nil || !layout.unneeded.isDisjoint(with: ["EXIF", "XMP "])
        probe.frameCount = isAnimated ? max(layout.frames, 1) : 1
        if probe.colorModel == .yCbCr { probe.chromaSubsampling = ChromaSubsampling.quarter.description }
        // The decoded image; libwebp holds a copy of a lossless image and of an animation's first
        // frame.
        let channels = probe.hasAlpha ? 4 : 3
        let inside = isLossless || isAnimated ? 4 : 0
        probe.decodeMemory = probe.size.area * (channels + inside) + source.count
        if let profile = try payload(layout.profile, limits.maximumProfileBytes + 1) {
            ProfileAcceptance.apply(profile, to: &probe, limits: limits)
        }
        return probe
    }
}
