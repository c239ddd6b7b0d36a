import CodecBridge
package import Pixels

/// The planes of a grey or Y'CbCr JPEG as they are stored: no upsampling, no colour conversion.
package final class JPEGPlaneSource: BandSource {
    package let format: PlaneFormat
    package let bandRows: Int
    package let rowWidths: [Int]
    /// The picture's size in samples of `format`, fractional where decoding at a reduced size rounded it up.
    package let region: PixelRegion

    private let decoder: OpaquePointer
    private let layout: bridge_jpeg_layout
    private let rows: PlaneRows

    /// Calls `body` with a source that is valid only during the call.
    ///
    /// - Parameter denominator: 1, 2, 4 or 8: the picture is decoded at this part of its size.
    package static func withSource<Result>(
        of source: EncodedSource, denominator: Int, limits: DecodeLimits,
        _ body: (JPEGPlaneSource) throws -> Result
    ) throws -> Result {
        try source.withBridgeInput { input in
            try body(try JPEGPlaneSource(input, denominator: denominator, limits: limits))
        }
    }

    private init(_ input: bridge_input, denominator: Int, limits: DecodeLimits) throws(CodecError) {
        var decoder: OpaquePointer?
        var info = bridge_jpeg_info()
        try CodecError.check(bridge_jpeg_open(input, limits.bridged, &decoder, &info))
        guard let decoder else { throw .misuse("no decoder") }
        var layout = bridge_jpeg_layout()
        do throws(CodecError) {
            guard info.raw_planes == 1 else { throw .misuse("planes of this JPEG cannot be had") }
            try CodecError.check(bridge_jpeg_start_planes(decoder, Int32(denominator), &layout))
        } catch {
            bridge_jpeg_close(decoder)
            throw error
        }
        let planes = withUnsafeBytes(of: layout.plane) { bytes in
            Array(bytes.bindMemory(to: bridge_jpeg_plane.self).prefix(Int(layout.planes)))
        }
        self.decoder = decoder
        self.layout = layout
        let size = PixelSize(width: Int(planes[0].width), height: Int(planes[0].height))
        // At reduced sizes libjpeg scales chroma up where it can, so the subsampling is what came out, not what was stored.
        var subsampling = ChromaSubsampling.full
        if planes.count == 3 {
            subsampling.horizontalShift = Self.shift(from: planes[0].stride, to: planes[1].stride, at: info.chroma_shift_x)
            subsampling.verticalShift = Self.shift(from: planes[0].band_rows, to: planes[1].band_rows, at: info.chroma_shift_y)
        }
        format = PlaneFormat(planes.count == 1 ? .grey : .yCbCr, size: size, subsampling: subsampling)
        region = PixelRegion(
            width: Double(info.width) / Double(denominator), height: Double(info.height) / Double(denominator))
        bandRows = Int(planes[0].band_rows)
        rowWidths = planes.map { Int($0.stride) }
        rows = PlaneRows(rowsPerBand: planes.map { Int($0.band_rows) })
    }

    deinit { bridge_jpeg_close(decoder) }

    package func readBand(into buffer: PlaneBuffer, at row: Int) throws {
        rows.point(into: buffer, at: row)
        try CodecError.check(bridge_jpeg_read_planes(decoder, rows.planes))
    }

    package func finish() throws { try CodecError.check(bridge_jpeg_finish(decoder)) }

    /// The power of two nearest to the ratio of two padded lengths, at most the stored one.
    private static func shift(from whole: Int32, to part: Int32, at most: Int32) -> Int {
        var shift = 0
        while shift < most, part << (shift + 1) <= whole + (part >> 1) { shift += 1 }
        return shift
    }
}
