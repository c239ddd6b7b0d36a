#if HEIF
import PixelEngine
import CodecBridge
import Pixels

/// Reads the primary image of a HEIF or AVIF file as RGB or RGBA rows, transformations applied.
///
/// Resolves range, matrix and chroma in one way for every version of libheif, for grey and colour.
final class HEIFRowReader: RowReader {
    let size: PixelSize
    let channels: Int
    let sampleType: SampleType
    private let window: HEIFWindow
    private let isIdentity: Bool
    private var conversion = bridge_row_conversion()
    private let scratch: WorkingMemory
    private var row = 0

    init(
        _ bytes: UnsafeRawBufferPointer, probe: ImageProbe, limits: DecodeLimits, precision: SampleType,
        threads: Int
    ) throws(CodecError) {
        let decoder = try HEIFDecoder(bytes, limits: limits)
        window = try HEIFWindow(decoder, memory: probe.decodeMemory, threads: threads)
        size = probe.size
        guard window.size == size else { throw .sizeDiffers(window.size) }
        channels = probe.hasAlpha ? 4 : 3
        sampleType = probe.bitDepth > 8 ? precision : .byte
        let planes = window.planes
        guard channels == 3 || planes.alpha_bits > 0 else { throw .corrupt("alpha is missing") }
        scratch = try CodecError.memory((4 * size.width + 1) * MemoryLayout<Float>.stride)
        conversion.width = Int32(size.width)
        conversion.shift_x = Int32(window.subsampling.horizontalShift)
        conversion.shift_y = Int32(window.subsampling.verticalShift)
        conversion.bits = planes.bits
        conversion.alpha_bits = planes.alpha_bits
        conversion.full_range = window.coding.isFullRange ? 1 : 0
        conversion.channels = Int32(channels)
        conversion.sample_bytes = Int32(sampleType.bytes)
        conversion.is_premultiplied = decoder.info.is_premultiplied
        let model: bridge_rows_model =
            switch planes.model {
            case Int32(BRIDGE_HEIF_GREY.rawValue): BRIDGE_ROWS_GREY
            case Int32(BRIDGE_HEIF_YCBCR.rawValue): BRIDGE_ROWS_YCBCR
            default: BRIDGE_ROWS_RGB
            }
        switch window.coding.matrix {
        case .identity:
            isIdentity = true
            conversion.model = Int32(BRIDGE_ROWS_RGB.rawValue)
        case .sums(let sums):
            isIdentity = false
            conversion.model = Int32(model.rawValue)
            withUnsafeMutableBytes(of: &conversion.matrix) {
                $0.copyBytes(from: sums.withUnsafeBytes(Array.init))
            }
        }
    }

    func readRow(into target: UnsafeMutablePointer<UInt8>) throws {
        var rows = bridge_plane_rows()
        let first = try window.row(row, ofPlane: 0)
        rows.planes.0 = first
        if conversion.model != Int32(BRIDGE_ROWS_GREY.rawValue) {
            // Of the two chroma rows around this one, the nearer has a weight of three quarters.
            let shift = conversion.shift_y
            let last = (size.height - 1) >> shift
            let near = row >> shift
            let far = shift == 0 ? near : min(max(row & 1 == 0 ? near - 1 : near + 1, 0), last)
            // Asks for the later row first, so that the second request does not move the window.
            for y in [max(near, far), min(near, far)] {
                let (second, third) = (try window.row(y, ofPlane: 1), try window.row(y, ofPlane: 2))
                if y == near { (rows.planes.1, rows.planes.2) = (second, third) }
                if y == far { (rows.far.0, rows.far.1) = (second, third) }
            }
            rows.planes.0 = try window.row(row, ofPlane: 0)
            if isIdentity { rows.planes = (rows.planes.2, rows.planes.0, rows.planes.1) }
        }
        if channels == 4 { rows.alpha = try window.row(row, ofPlane: 3) }
        try CodecError.check(
            bridge_convert_row(
                &conversion, &rows, scratch.base.assumingMemoryBound(to: Float.self), 4 * size.width + 1,
                target, rowBytes))
        row += 1
    }

    func finish() throws {}
}
#endif
