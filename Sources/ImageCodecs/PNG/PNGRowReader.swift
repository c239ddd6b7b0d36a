import CodecBridge
import Pixels

/// A PNG of any colour type and depth as rows: palettes and transparent colours expanded, 16 bits scaled to
/// 8 unless they are asked for.
final class PNGRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType
    private let decoder: OpaquePointer
    /// All rows of an interlaced picture, which come in seven passes.
    private let image: UnsafeMutablePointer<UInt8>?
    private var row = 0

    init(_ input: bridge_input, limits: DecodeLimits, precision: SampleType) throws(CodecError) {
        var decoder: OpaquePointer?
        var info = bridge_png_info()
        try CodecError.check(
            bridge_png_open(input, limits.bridged, precision == .word ? 1 : 0, &decoder, &info))
        guard let decoder else { throw .misuse("no decoder") }
        self.decoder = decoder
        size = PixelSize(width: Int(info.width), height: Int(info.height))
        channels = Int(info.channels)
        sampleType = info.sample_bytes == 2 ? .word : .byte
        guard info.interlaced == 1 else {
            image = nil
            return
        }
        let stride = size.width * channels * sampleType.bytes
        let image = UnsafeMutablePointer<UInt8>.allocate(capacity: stride * size.height)
        self.image = image
        try CodecError.check(bridge_png_read_image(decoder, image, stride))
    }

    deinit {
        bridge_png_close(decoder)
        image?.deallocate()
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        guard let image else {
            try CodecError.check(bridge_png_read_row(decoder, target))
            return
        }
        target.update(from: image + row * rowBytes, count: rowBytes)
        row += 1
    }

    func finish() throws {
        do throws(CodecError) {
            try CodecError.check(bridge_png_finish(decoder))
        } catch {
            // All pixels are here: a missing IEND or damage in what follows takes nothing away.
            guard case .truncated = error else { throw error }
        }
    }
}
