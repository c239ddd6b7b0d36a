#if TIFF
import PixelEngine
import CodecBridge
import Pixels

/// The image of a TIFF as rows, decoded strip by strip or tile row by tile row.
final class TIFFRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType
    private let picture: TIFFDecoder
    private let damage: DamageReport?

    init(
        _ source: EncodedSource, _ input: bridge_input, probe: ImageProbe, limits: DecodeLimits,
        precision: SampleType, damage: DamageReport?
    ) throws(CodecError) {
        picture = try TIFFDecoder(source, input, limits: limits, toleratesDamage: damage != nil)
        self.damage = damage
        // The directory is read again: what was planned must still be there.
        let info = picture.info
        guard Int(info.width) == probe.size.width, Int(info.height) == probe.size.height,
            Int(info.bits) == probe.bitDepth, Int(info.decode_memory) == probe.decodeMemory
        else { throw .corrupt("the file changed while it was read") }
        size = probe.size
        channels = Int(picture.info.channels)
        sampleType = probe.bitDepth > 8 ? precision : .byte
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        try CodecError.check(bridge_tiff_read_row(picture.handle, Int32(sampleType.bytes), target, rowBytes))
    }

    func finish() throws { damage?.add(bridge_tiff_damage(picture.handle)) }
}
#endif
