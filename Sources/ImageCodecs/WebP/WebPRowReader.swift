import CodecBridge
import Pixels

/// A WebP picture, or the first frame of an animation, as RGB or RGBA rows. libwebp decodes the whole picture at once.
final class WebPRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType = SampleType.byte
    private let memory: WorkingMemory
    private var pixels: UnsafeMutablePointer<UInt8> { memory.bytes }
    private var row = 0

    init(_ bytes: UnsafeRawBufferPointer, probe: ImageProbe) throws(CodecError) {
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        let stride = size.width * channels
        memory = try CodecError.memory(stride * size.height)
        var info = bridge_webp_info()
        let data = bytes.bindMemory(to: UInt8.self)
        try CodecError.check(bridge_webp_probe(data.baseAddress, data.count, &info))
        guard info.width == size.width, info.height == size.height else {
            throw .corrupt("the header says \(size), the picture has \(info.width)x\(info.height)")
        }
        try CodecError.check(
            bridge_webp_decode(
                data.baseAddress, data.count, Int32(channels), pixels, stride, stride * size.height))
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        target.update(from: pixels + row * size.width * channels, count: size.width * channels)
        row += 1
    }

    func finish() throws {}
}
