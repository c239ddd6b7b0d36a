#if BMP
import CodecBridge
import Pixels

/// A BMP as RGB or RGBA rows. gdk-pixbuf decodes it at once, fed piece by piece.
final class BMPRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType = SampleType.byte
    private let picture: OpaquePointer
    private var row: Int32 = 0

    init(_ source: EncodedSource, _ input: bridge_input, probe: ImageProbe) throws(CodecError) {
        let header = try BMPHeader(source)
        try header.checkCompleteness(source)
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        var picture: OpaquePointer?
        try CodecError.check(
            bridge_bmp_open(
                input, Int32(clamping: size.width), Int32(clamping: size.height),
                header.isTopDown && header.isRunLengthCoded ? 1 : 0, &picture))
        guard let picture else { throw .misuse("no picture") }
        self.picture = picture
    }

    deinit { bridge_bmp_close(picture) }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        try CodecError.check(bridge_bmp_read_row(picture, row, Int32(channels), target))
        row += 1
    }

    func finish() throws {}
}
#endif
