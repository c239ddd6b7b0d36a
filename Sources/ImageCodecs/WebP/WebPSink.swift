import CodecBridge
package import PixelEngine
import Pixels

/// Encodes grey or RGB planes, with or without alpha, to a lossy WebP. libwebp encodes the whole
/// image at once.
package final class WebPSink: ImageSink {
    package let format: PlaneFormat
    package let stripRows = 16
    package var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private let settings: EncodeSettings
    private let memory: WorkingMemory
    private var pixels: UnsafeMutablePointer<UInt8> { memory.bytes }
    /// 3 or 4: WebP has no grey, so a grey plane is written three times.
    private var channels: Int { format.hasAlpha ? 4 : 3 }
    private var stride: Int { format.size.width * channels }

    /// - Precondition: `format` is grey or RGB.
    package init(format: PlaneFormat, settings: EncodeSettings) throws(CodecError) {
        guard format.size.longSide <= 16_383 else {
            throw .unsupportedFeature("WebP has at most 16383 px on a side, the image is \(format.size)")
        }
        self.format = format
        self.settings = settings
        memory = try CodecError.memory(format.size.area * (format.hasAlpha ? 4 : 3))
    }

    package func writeStrip(from buffer: PlaneBuffer, at first: Int) throws {
        for y in first..<min(first + stripRows, format.size.height) {
            PlaneInterleaver.interleave(buffer, row: y, into: pixels + y * stride, expandingGrey: true)
        }
    }

    package func finish() throws(CodecError) -> EncodedBuffer {
        var options = bridge_webp_encode_options()
        options.width = Int32(format.size.width)
        options.height = Int32(format.size.height)
        options.channels = Int32(channels)
        options.quality = Int32(settings.quality)
        options.maximum_bytes = settings.bridgedMaximum
        var output = bridge_output()
        let profile = settings.profile?.bytes ?? []
        let status = profile.withUnsafeBufferPointer { bytes in
            options.profile = bytes.baseAddress
            options.profile_size = bytes.count
            return bridge_webp_encode(&options, pixels, stride * format.size.height, stride, &output)
        }
        try CodecError.check(status)
        return try EncodedBuffer(output)
    }
}
