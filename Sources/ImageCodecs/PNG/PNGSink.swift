import CodecBridge
package import PixelEngine
import Pixels

/// Encodes grey or RGB planes, with or without alpha, to a PNG with 8 bits per sample.
package final class PNGSink: ImageSink {
    package let format: PlaneFormat
    package let stripRows = 16
    package var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private let encoder: OpaquePointer
    private let memory: WorkingMemory
    private var row: UnsafeMutablePointer<UInt8> { memory.bytes }

    /// Level 4 of zlib: photographs become 2 % larger than with level 6, in half the time. Our
    /// choice.
    private static let compression: Int32 = 4

    /// - Precondition: `format` is grey or RGB.
    package init(format: PlaneFormat, settings: EncodeSettings) throws(CodecError) {
        memory = try CodecError.memory(format.size.width * format.planeCount)
        var options = bridge_png_encode_options()
        options.width = Int32(format.size.width)
        options.height = Int32(format.size.height)
        options.channels = Int32(format.planeCount)
        options.compression = Self.compression
        options.maximum_bytes = settings.bridgedMaximum
        var encoder: OpaquePointer?
        let profile = settings.profile?.bytes ?? []
        let status = profile.withUnsafeBufferPointer { bytes in
            options.profile = bytes.baseAddress
            options.profile_size = bytes.count
            return bridge_png_encoder_open(&options, &encoder)
        }
        try CodecError.check(status)
        guard let encoder else { throw .misuse("no encoder") }
        self.encoder = encoder
        self.format = format
    }

    deinit { bridge_png_encoder_close(encoder) }

    package func writeStrip(from buffer: PlaneBuffer, at first: Int) throws {
        for y in first..<min(first + stripRows, format.size.height) {
            PlaneInterleaver.interleave(buffer, row: y, into: row)
            try CodecError.check(bridge_png_write_row(encoder, row, format.size.width * format.planeCount))
        }
    }

    package func finish() throws(CodecError) -> EncodedBuffer {
        var output = bridge_output()
        try CodecError.check(bridge_png_encoder_finish(encoder, &output))
        return try EncodedBuffer(output)
    }
}
