import CodecBridge
package import PixelEngine
import Pixels

/// Reads the planes of a grey or Y'CbCr JPEG as stored, without upsampling or colour conversion.
package final class JPEGPlaneSource: StripSource {
    package let format: PlaneFormat
    package let stripRows: Int
    package let rowWidths: [Int]
    /// The image's size in samples of `format`; fractional if decoding at a reduced size rounded it
    /// up.
    package let region: PixelRegion

    private let decoder: OpaquePointer
    private let rows: PlaneRows
    private let damage: DamageReport?
    /// Chroma as decoded by libjpeg, if it is finer than stored because of a reduced size;
    /// otherwise `nil`.
    private let fineChroma: PlaneBuffer?

    /// Calls `body` with a source that is valid only during the call.
    ///
    /// - Parameters:
    ///   - denominator: Decodes at 1/`denominator` of the size: 1, 2, 4 or 8.
    ///   - primaries: The primaries of the stored colours.
    ///   - damage: Tolerates and records damage; `nil` to refuse damaged data.
    package static func withSource<Result>(
        of source: EncodedSource, denominator: Int, primaries: PlaneFormat.Primaries = .bt709,
        limits: DecodeLimits, damage: DamageReport? = nil,
        _ body: (JPEGPlaneSource) throws -> Result
    ) throws -> Result {
        try source.withBridgeInput { input in
            try body(
                try JPEGPlaneSource(
                    input, denominator: denominator, primaries: primaries, limits: limits, damage: damage))
        }
    }

    private init(
        _ input: bridge_input, denominator: Int, primaries: PlaneFormat.Primaries, limits: DecodeLimits,
        damage: DamageReport?
    ) throws(CodecError) {
        var decoder: OpaquePointer?
        var info = bridge_jpeg_info()
        try CodecError.check(
            bridge_jpeg_open(input, limits.bridged(toleratesDamage: damage != nil), &decoder, &info))
        guard let decoder else { throw .misuse("no decoder") }
        var layout = bridge_jpeg_layout()
        do throws(CodecError) {
            guard info.raw_planes == 1 else { throw .misuse("planes of this JPEG cannot be read as stored") }
            try CodecError.check(bridge_jpeg_start_planes(decoder, Int32(denominator), &layout))
        } catch {
            bridge_jpeg_close(decoder)
            throw error
        }
        let planes = withUnsafeBytes(of: layout.plane) { bytes in
            Array(bytes.bindMemory(to: bridge_jpeg_plane.self).prefix(Int(layout.planes)))
        }
        self.decoder = decoder
        self.damage = damage
        let size = PixelSize(width: Int(planes[0].width), height: Int(planes[0].height))
        let stored = ChromaSubsampling(
            horizontalShift: Int(info.chroma_shift_x), verticalShift: Int(info.chroma_shift_y))
        format = PlaneFormat(
            planes.count == 1 ? .grey : .yCbCr, size: size, subsampling: stored, primaries: primaries)
        region = PixelRegion(
            width: Double(info.width) / Double(denominator), height: Double(info.height) / Double(denominator)
        )
        stripRows = Int(planes[0].strip_rows)
        rows = PlaneRows(rowsPerStrip: planes.map { Int($0.strip_rows) })
        var widths = planes.map { Int($0.stride) }
        let finer = planes.count == 3 ? Self.finerSubsampling(planes, than: stored) : stored
        if finer != stored {
            let decoded = PlaneFormat(.yCbCr, size: size, subsampling: finer, primaries: primaries)
            let (rows, wide) = (stripRows, [0, widths[1], widths[2]])
            fineChroma = try CodecError.inMemory { () throws(PixelError) in
                try PlaneBuffer(format: decoded, rows: rows, widths: wide)
            }
            widths[1] = format.size(ofPlane: 1).width
            widths[2] = widths[1]
        } else {
            fineChroma = nil
        }
        rowWidths = widths
    }

    deinit { bridge_jpeg_close(decoder) }

    package func readStrip(into buffer: PlaneBuffer, at row: Int) throws {
        rows.point(into: buffer, at: row)
        if let fineChroma { rows.point(planes: 1...2, into: fineChroma, at: 0) }
        try CodecError.check(bridge_jpeg_read_planes(decoder, rows.planes, rows.planeCount))
        if let fineChroma { averageChroma(fineChroma, into: buffer, at: row) }
    }

    package func finish() throws {
        try CodecError.check(bridge_jpeg_finish(decoder))
        damage?.add(bridge_jpeg_damage(decoder))
    }

    /// Returns the subsampling that libjpeg decoded to: at reduced sizes it reduces chroma last, on
    /// both axes alike.
    ///
    /// Derived from the rows of a strip, which are exact; the width of a row is rounded up to whole
    /// blocks.
    private static func finerSubsampling(
        _ planes: [bridge_jpeg_plane], than stored: ChromaSubsampling
    ) -> ChromaSubsampling {
        let ratio = (Int(planes[1].strip_rows) << stored.verticalShift) / Int(planes[0].strip_rows)
        let levels = max(ratio, 1).trailingZeroBitCount
        // Chroma that is coarser on both axes is read as rows (``ImageProbe/planeSubsampling``).
        precondition(levels <= 1, "chroma was enlarged more than once")
        return ChromaSubsampling(
            horizontalShift: stored.horizontalShift - levels, verticalShift: stored.verticalShift - levels)
    }

    /// Reduces chroma to the stored subsampling by averaging, as JPEG encoders do: leaves a quarter
    /// of the samples to resize, of which zimg holds 32 rows instead of 256.
    private func averageChroma(_ fine: PlaneBuffer, into buffer: PlaneBuffer, at row: Int) {
        let across = format.subsampling.horizontalShift - fine.format.subsampling.horizontalShift
        let down = format.subsampling.verticalShift - fine.format.subsampling.verticalShift
        let shift = format.subsampling.verticalShift
        for plane in 1...2 {
            let size = format.size(ofPlane: plane)
            let inside = fine.format.size(ofPlane: plane)
            for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, size.height)) {
                let target = buffer.row(y, ofPlane: plane)
                // Rows counted from the first of the strip; the last row of an odd image
                // replaces the missing one.
                let first = (y - (row >> shift)) << down
                let last = min(
                    first + (1 << down) - 1,
                    inside.height - 1 - (row >> fine.format.subsampling.verticalShift))
                let above = fine.row(first, ofPlane: plane)
                let below = fine.row(max(first, last), ofPlane: plane)
                let pairs = across > 0 ? inside.width / 2 : size.width
                ChromaAverage.row(
                    of: above, stride: below - above,
                    by: ChromaSubsampling(horizontalShift: across, verticalShift: down), into: target,
                    count: pairs)
                if pairs < size.width {
                    target[pairs] = UInt8((UInt16(above[2 * pairs]) + UInt16(below[2 * pairs]) + 1) >> 1)
                }
            }
        }
    }
}
