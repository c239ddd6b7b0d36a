import CodecBridge
import PixelEngine
import Pixels

/// Reads a JPEG of any chroma subsampling as grey, RGB or CMYK rows; libjpeg upsamples and
/// converts.
final class JPEGRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType = SampleType.byte
    private let decoder: OpaquePointer
    private let damage: DamageReport?

    init(
        _ input: bridge_input, probe: ImageProbe, limits: DecodeLimits, damage: DamageReport?
    ) throws(CodecError) {
        var decoder: OpaquePointer?
        var info = bridge_jpeg_info()
        try CodecError.check(
            bridge_jpeg_open(input, limits.bridged(toleratesDamage: damage != nil), &decoder, &info))
        guard let decoder else { throw .misuse("no decoder") }
        self.decoder = decoder
        self.damage = damage
        size = PixelSize(width: Int(info.width), height: Int(info.height))
        channels = Int(info.components)
        try CodecError.check(bridge_jpeg_start_rows(decoder, Int32(channels)))
    }

    deinit { bridge_jpeg_close(decoder) }

    func readRow(into row: UnsafeMutablePointer<UInt8>) throws {
        try CodecError.check(bridge_jpeg_read_row(decoder, row, rowBytes))
    }

    func finish() throws {
        try CodecError.check(bridge_jpeg_finish(decoder))
        damage?.add(bridge_jpeg_damage(decoder))
    }
}
