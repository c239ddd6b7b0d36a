private import Pixels

/// Reads headers.
package enum Prober {
    /// Reads what the header says and refuses what the limits forbid.
    ///
    /// - Throws: ``CodecError``; never decodes a pixel.
    package static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe
    {
        guard source.count > 0 else { throw .empty }
        guard source.count <= limits.maximumInputBytes else {
            throw .limitExceeded(.inputBytes, value: source.count, maximum: limits.maximumInputBytes)
        }
        let prefix = try source.bytes(at: 0, length: FormatSniffer.prefixLength)
        if let name = CameraRaw.name(beginningWith: prefix) { throw .cameraRaw(name) }
        guard let format = FormatSniffer.format(of: prefix) else {
            if let begun = FormatSniffer.formatBegun(by: prefix) {
                throw .truncated(
                    "\(source.count) bytes are only the begin of a \(begun.displayName) signature")
            }
            throw .notAnImage(prefix: Array(prefix.prefix(16)))
        }
        let probe: ImageProbe
        switch format {
        case .jpeg: probe = try JPEGHeader.probe(source, limits: limits)
        case .png: probe = try PNGHeader.probe(source, limits: limits)
        case .webp: probe = try WebPHeader.probe(source, limits: limits)
        case .bmp: probe = try BMPHeader.probe(source, limits: limits)
        #if GIF
        case .gif: probe = try GIFHeader.probe(source, limits: limits)
        #endif
        #if HEIF
        case .heic, .heif, .avif: probe = try HEIFHeader.probe(source, format: format, limits: limits)
        #endif
        #if TIFF
        case .tiff: probe = try TIFFHeader.probe(source, limits: limits)
        #endif
        default: throw .unsupportedFormat(format)
        }
        guard probe.size.area > 0 else { throw .corrupt("size is \(probe.size)") }
        guard probe.size.area <= limits.maximumPixels else {
            throw .limitExceeded(.pixels, value: probe.size.area, maximum: limits.maximumPixels)
        }
        guard probe.decodeMemory <= limits.maximumDecodeMemory else {
            throw .limitExceeded(
                .decodeMemory, value: probe.decodeMemory, maximum: limits.maximumDecodeMemory)
        }
        if let feature = probe.unsupportedFeature { throw .unsupportedFeature(feature) }
        return probe
    }
}
