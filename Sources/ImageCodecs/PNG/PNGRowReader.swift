import CodecBridge
package import PixelEngine
package import Pixels

/// Reads a PNG of any colour type and depth as rows. Expands palettes and transparent colours,
/// and scales 16 bits to 8 unless 16 are requested.
package final class PNGRowReader: RowReader {
    package let size: PixelSize
    package let channels: Int
    package let sampleType: SampleType
    private let decoder: OpaquePointer
    /// All rows of an interlaced image, which comes in seven passes.
    private let image: WorkingMemory?
    private var row = 0

    /// Whether the trait `FastPNG` is on.
    package static var hasFastPath: Bool {
        #if FastPNG
        true
        #else
        false
        #endif
    }

    /// Whether all image data read so far were read without libpng.
    package var isFast: Bool { bridge_png_is_fast(decoder) != 0 }

    /// Calls `body` with a reader that is valid only during the call.
    ///
    /// - Parameter usesLibpngAlone: Whether libpng inflates and unfilters everything, as without
    ///   the trait `FastPNG`. The rows are the same.
    package static func withReader<Result>(
        of source: EncodedSource, limits: DecodeLimits, precision: SampleType = .byte, usesLibpngAlone: Bool,
        _ body: (PNGRowReader) throws -> Result
    ) throws -> Result {
        try source.withBridgeInput { input in
            try body(
                PNGRowReader(input, limits: limits, precision: precision, usesLibpngAlone: usesLibpngAlone))
        }
    }

    /// - Parameter ignoresTransparency: Whether to ignore a tRNS chunk.
    init(
        _ input: bridge_input, limits: DecodeLimits, precision: SampleType, usesLibpngAlone: Bool = false,
        ignoresTransparency: Bool = false
    ) throws(CodecError) {
        var decoder: OpaquePointer?
        var info = bridge_png_info()
        var options: Int32 = 0
        if precision == .word { options |= Int32(BRIDGE_PNG_KEEPS_16_BITS) }
        if usesLibpngAlone { options |= Int32(BRIDGE_PNG_LIBPNG_ALONE) }
        if ignoresTransparency { options |= Int32(BRIDGE_PNG_IGNORES_TRNS) }
        try CodecError.check(bridge_png_open(input, limits.bridged, options, &decoder, &info))
        guard let decoder else { throw .misuse("no decoder") }
        self.decoder = decoder
        size = PixelSize(width: Int(info.width), height: Int(info.height))
        channels = Int(info.channels)
        sampleType = info.sample_bytes == 2 ? .word : .byte
        guard info.interlaced == 1 else {
            image = nil
            return
        }
        let stride = size.width * channels * sampleType.bytes
        let image = try CodecError.memory(stride * size.height)
        self.image = image
        try CodecError.check(bridge_png_read_image(decoder, image.bytes, stride * size.height, stride))
    }

    deinit { bridge_png_close(decoder) }

    package func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        guard let image else {
            try CodecError.check(bridge_png_read_row(decoder, target, rowBytes))
            return
        }
        target.update(from: image.bytes + row * rowBytes, count: rowBytes)
        row += 1
    }

    package func finish() throws {
        do throws(CodecError) {
            try CodecError.check(bridge_png_finish(decoder))
        } catch {
            // All pixels have been read; a missing IEND or damage after them loses nothing.
            guard case .truncated = error else { throw error }
        }
    }
}
