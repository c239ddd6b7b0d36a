private import Pixels

/// Reads the headers of all formats.
package enum Prober {
    /// Reads the header and checks it against the limits. Never decodes a pixel.
    ///
    /// - Throws: ``CodecError``.
    package static func probe(_ source: EncodedSource, limits: DecodeLimits) throws(CodecError) -> ImageProbe
    {
        guard source.count > 0 else { throw .empty }
        guard source.count <= limits.maximumInputBytes else {
            throw .limitExceeded(.inputBytes, value: source.count, maximum: limits.maximumInputBytes)
        }
        let probe =
            if let size = source.pixelSize {
                RawRowReader.probe(source, size: size)
            } else {
                try header(of: source, limits: limits)
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

    private static func header(of source: EncodedSource, limits: DecodeLimits) throws(CodecError)
        -> ImageProbe
    {
        let prefix = try source.bytes(at: 0, length: FormatSniffer.prefixLength)
        if let name = CameraRaw.name(beginningWith: prefix) { throw .cameraRaw(name) }
        guard let format = FormatSniffer.format(of: prefix) else {
            if let begun = FormatSniffer.formatBegun(by: prefix) {
                throw .truncated(
                    "\(source.count) bytes are only the beginning of a \(begun.displayName) signature")
            }
            throw .notAnImage(prefix: Array(prefix.prefix(16)))
        }
        switch format {
        case .jpeg: return try JPEGHeader.probe(source, limits: limits)
        case .png: return try PNGHeader.probe(source, limits: limits)
        case .webp: return try WebPHeader.probe(source, limits: limits)
        case .bmp: return try BMPHeader.probe(source, limits: limits)
        #if GIF
        case .gif: return try GIFHeader.probe(source, limits: limits)
        #endif
        #if HEIF
        case .heic, .heif, .avif: return try HEIFHeader.probe(source, format: format, limits: limits)
        #endif
        #if TIFF
        case .tiff: return try TIFFHeader.probe(source, limits: limits)
        #endif
        default: throw .unsupportedFormat(format)
        }
    }
}
