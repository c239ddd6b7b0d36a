#if TIFF
import PixelEngine
import CodecBridge
import Pixels

/// Reads the image of a TIFF as rows, decoded by strips or by rows of tiles.
final class TIFFRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType
    private let decoder: TIFFDecoder
    private let damage: DamageReport?

    init(
        _ source: EncodedSource, _ input: bridge_input, probe: ImageProbe, limits: DecodeLimits,
        precision: SampleType, damage: DamageReport?
    ) throws(CodecError) {
        decoder = try TIFFDecoder(source, input, limits: limits, toleratesDamage: damage != nil)
        self.damage = damage
        // Reads the directory again: it must still match the plan.
        let info = decoder.info
        guard Int(info.width) == probe.size.width, Int(info.height) == probe.size.height,
            Int(info.bits) == probe.bitDepth, Int(info.decode_memory) == probe.decodeMemory
        else { throw .corrupt("the file changed while it was read") }
        size = probe.size
        channels = Int(decoder.info.channels)
        sampleType = probe.bitDepth > 8 ? precision : .byte
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        try CodecError.check(bridge_tiff_read_row(decoder.handle, Int32(sampleType.bytes), target, rowBytes))
    }

    func finish() throws { damage?.add(bridge_tiff_damage(decoder.handle)) }
}
#endif
