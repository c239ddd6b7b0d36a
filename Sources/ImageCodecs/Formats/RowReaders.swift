package import PixelEngine
import Pixels

/// Opens an image as packed rows.
package enum RowReaders {
    /// Calls `body` with a reader that is valid only during the call.
    ///
    /// - Parameters:
    ///   - precision: `word` for 16-bit samples if the image has them.
    ///   - convertsColor: Whether colours are converted to sRGB. CMYK always is.
    ///   - damage: Tolerates and records damage of JPEG and TIFF data; `nil` to refuse damaged
    ///     data.
    ///   - threads: The most tiles decoded at the same time. Default: 1.
    /// - Throws: ``CodecError``, or the error of `body`.
    package static func withReader<Result>(
        of source: EncodedSource, probe: ImageProbe, limits: DecodeLimits, precision: SampleType = .byte,
        convertsColor: Bool = false, damage: DamageReport? = nil, threads: Int = 1,
        _ body: (any RowReader) throws -> Result
    ) throws -> Result {
        func managed(_ reader: any RowReader) throws -> Result {
            try body(convertsColor || probe.isCMYK ? ColorManagedReader.wrap(reader, probe: probe) : reader)
        }
        switch probe.format {
        case .jpeg:
            let decodable = try JPEGStripper.decodable(source, probe: probe, limits: limits)
            return try decodable.withBridgeInput { input in
                try managed(try JPEGRowReader(input, probe: probe, limits: limits, damage: damage))
            }
        case .png:
            return try source.withBridgeInput { input in
                try managed(
                    try PNGRowReader(
                        input, limits: limits, precision: precision, ignoresTransparency: !probe.hasAlpha))
            }
        case .webp:
            return try source.withAllBytes { bytes in
                try managed(try WebPRowReader(source, bytes, probe: probe))
            }
        case .bmp:
            return try managed(try BMPRowReader(source, probe: probe))
        case .rgba8: return try managed(RawRowReader(source, size: probe.size))
        #if GIF
        case .gif:
            return try source.withAllBytes { bytes in try managed(try GIFRowReader(bytes, probe: probe)) }
        #endif
        #if HEIF
        case .heic, .heif, .avif:
            return try source.withAllBytes { bytes in
                try managed(
                    try HEIFRowReader(
                        bytes, probe: probe, limits: limits, precision: precision, threads: threads))
            }
        #endif
        #if TIFF
        case .tiff:
            return try source.withBridgeInput { input in
                try managed(
                    try TIFFRowReader(
                        source, input, probe: probe, limits: limits, precision: precision, damage: damage))
            }
        #endif
        default:
            throw CodecError.unsupportedFormat(probe.format)
        }
    }
}
