#if GIF
import PixelEngine
import CodecBridge
import Pixels

/// Reads the first frame of a GIF, on its transparent canvas, as RGBA rows.
final class GIFRowReader: RowReader {
    let size: PixelSize
    let channels = 4
    let sampleType = SampleType.byte
    private let pixels: WorkingMemory
    private var row = 0

    init(_ bytes: UnsafeRawBufferPointer, probe: ImageProbe) throws(CodecError) {
        size = probe.size
        pixels = try CodecError.clearMemory(rows: size.height, rowBytes: size.width * 4)
        let data = bytes.bindMemory(to: UInt8.self)
        try CodecError.check(
            bridge_gif_decode(
                data.baseAddress, data.count, pixels.bytes, size.area * 4, Int32(size.width),
                Int32(size.height)
            ))
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        target.update(from: pixels.bytes + row * rowBytes, count: rowBytes)
        row += 1
    }

    func finish() throws {}
}
#endif
