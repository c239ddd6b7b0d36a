#if HEIF
import CodecBridge
import Pixels

/// The primary picture of a HEIF or AVIF file as RGB or RGBA rows, transformations applied. libheif decodes it at once.
final class HEIFRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType
    private let picture: HEIFPicture
    private var row: Int32 = 0

    init(_ bytes: UnsafeRawBufferPointer, probe: ImageProbe, precision: SampleType) throws(CodecError) {
        picture = try HEIFPicture(bytes)
        size = probe.size
        channels = probe.hasAlpha ? 4 : 3
        sampleType = probe.bitDepth > 8 ? precision : .byte
        do throws(CodecError) {
            try CodecError.check(bridge_heif_decode(picture.handle, Int32(channels), Int32(sampleType.bytes)))
        } catch {
            throw HEIFPicture.naming(error)
        }
        try picture.checkDecodedSize(size)
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        try CodecError.check(bridge_heif_read_row(picture.handle, row, target))
        row += 1
    }

    func finish() throws {}
}
#endif
