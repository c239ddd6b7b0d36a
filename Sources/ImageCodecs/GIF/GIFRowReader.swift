#if GIF
import CodecBridge
import Pixels

/// The first frame of a GIF on its transparent canvas, as RGBA rows.
final class GIFRowReader: RowReader {
    let size: PixelSize
    let channels = 4
    let sampleType = SampleType.byte
    private let pixels: UnsafeMutablePointer<UInt8>
    private var row = 0

    init(_ bytes: UnsafeRawBufferPointer, probe: ImageProbe) throws(CodecError) {
        size = probe.size
        pixels = .allocate(capacity: max(size.area * 4, 1))
        let data = bytes.bindMemory(to: UInt8.self)
        try CodecError.check(
            bridge_gif_decode(data.baseAddress, data.count, pixels, Int32(size.width), Int32(size.height)))
    }

    deinit { pixels.deallocate() }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        target.update(from: pixels + row * rowBytes, count: rowBytes)
        row += 1
    }

    func finish() throws {}
}
#endif
