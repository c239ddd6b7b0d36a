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
        // The header is read again: what was planned must still be there.
        guard header.size == probe.size else { throw .corrupt("the file changed while it was read") }
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        let layout = bridge_bmp_layout(
            width: Int32(clamping: size.width), height: Int32(clamping: size.height),
            bits: Int32(header.bitCount),
            is_top_down_rle: header.isTopDown && header.isRunLengthCoded ? 1 : 0,
            header_bytes: Int32(header.headerBytes), pixel_offset: UInt64(header.pixelOffset))
        var picture: OpaquePointer?
        try CodecError.check(bridge_bmp_open(input, layout, &picture))
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
