import CodecBridge
import PixelEngine
import Pixels

/// Reads a WebP image, or the first frame of an animation, as RGB or RGBA rows. libwebp decodes the
/// whole image at once.
final class WebPRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType = SampleType.byte
    private let pixels: WorkingMemory
    private var row = 0

    init(
        _ source: EncodedSource, _ bytes: UnsafeRawBufferPointer, probe: ImageProbe
    ) throws(CodecError) {
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        let layout = try WebPLayout(source)
        let isAnimated = layout.isAnimated
        let range = isAnimated ? 0..<bytes.count : try layout.stillRange()
        // Reads the header again: it must still match the plan.
        guard range.upperBound <= bytes.count,
            (isAnimated ? layout.extended?.canvas : layout.image?.bitstream.size) == size
        else { throw .corrupt("the file changed while it was read") }
        pixels = try CodecError.clearMemory(rows: size.height, rowBytes: size.width * channels)
        let data = UnsafeRawBufferPointer(rebasing: bytes[range]).bindMemory(to: UInt8.self)
        var target = bridge_webp_target(
            pixels: pixels.bytes, capacity: size.area * channels, width: Int32(size.width),
            height: Int32(size.height),
            channels: Int32(channels))
        try CodecError.check(
            isAnimated
                ? bridge_webp_decode_first_frame(data.baseAddress, data.count, &target)
                : bridge_webp_decode(data.baseAddress, data.count, &target))
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        target.update(from: pixels.bytes + row * size.width * channels, count: size.width * channels)
        row += 1
    }

    func finish() throws {}
}
