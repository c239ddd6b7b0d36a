#if GIF
import CodecBridge
import Pixels

/// The first frame of a GIF on its transparent canvas, as RGBA rows.
final class GIFRowReader: RowReader {
    let size: PixelSize
    let channels = 4
    let sampleType = SampleType.byte
    private let memory: WorkingMemory
    private var pixels: UnsafeMutablePointer<UInt8> { memory.bytes }
    private var row = 0

    init(_ bytes: UnsafeRawBufferPointer, probe: ImageProbe) throws(CodecError) {
        size = probe.size
        memory = try CodecError.memory(size.area * 4)
        let data = bytes.bindMemory(to: UInt8.self)
        try CodecError.check(
            bridge_gif_decode(data.baseAddress, data.count, pixels, Int32(size.width), Int32(size.height)))
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        target.update(from: pixels + row * rowBytes, count: rowBytes)
        row += 1
    }

    func finish() throws {}
}
#endif
