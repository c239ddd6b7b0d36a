import CodecBridge
package import PixelEngine
import Pixels

/// Encodes grey or Y'CbCr planes to a baseline JPEG, without conversion.
package final class JPEGSink: ImageSink {
    package let format: PlaneFormat
    package let stripRows: Int
    package let rowWidths: [Int]
    private let encoder: OpaquePointer
    private let rows: PlaneRows

    /// - Precondition: `format` is grey or Y'CbCr, without alpha.
    package init(format: PlaneFormat, settings: EncodeSettings) throws(CodecError) {
        // JPEG_MAX_DIMENSION of libjpeg.
        guard format.size.longSide <= 65_500 else {
            throw .unsupportedFeature("JPEG has at most 65500 px on a side, the image is \(format.size)")
        }
        var options = bridge_jpeg_encode_options()
        options.width = Int32(format.size.width)
        options.height = Int32(format.size.height)
        options.components = format.model == .grey ? 1 : 3
        options.chroma_shift_x = Int32(format.subsampling.horizontalShift)
        options.chroma_shift_y = Int32(format.subsampling.verticalShift)
        options.quality = Int32(settings.quality)
        options.maximum_bytes = settings.bridgedMaximum
        var encoder: OpaquePointer?
        var layout = bridge_jpeg_layout()
        let profile = settings.profile?.bytes ?? []
        let status = profile.withUnsafeBufferPointer { bytes in
            options.profile = bytes.baseAddress
            options.profile_size = bytes.count
            return bridge_jpeg_encoder_open(&options, &encoder, &layout)
        }
        try CodecError.check(status)
        guard let encoder else { throw .misuse("no encoder") }
        let planes = withUnsafeBytes(of: layout.plane) { bytes in
            Array(bytes.bindMemory(to: bridge_jpeg_plane.self).prefix(Int(layout.planes)))
        }
        self.encoder = encoder
        self.format = format
        stripRows = Int(planes[0].strip_rows)
        rowWidths = planes.map { Int($0.stride) }
        rows = PlaneRows(rowsPerStrip: planes.map { Int($0.strip_rows) })
    }

    deinit { bridge_jpeg_encoder_close(encoder) }

    package func writeStrip(from buffer: PlaneBuffer, at row: Int) throws {
        for plane in 0..<format.planeCount { padRows(of: plane, in: buffer, at: row) }
        rows.point(
            into: buffer, at: row,
            lastRows: (0..<format.planeCount).map { format.size(ofPlane: $0).height - 1 })
        try CodecError.check(bridge_jpeg_write_planes(encoder, rows.planes, rows.planeCount))
    }

    package func finish() throws(CodecError) -> EncodedBuffer {
        var output = bridge_output()
        try CodecError.check(bridge_jpeg_encoder_finish(encoder, &output))
        return try EncodedBuffer(output)
    }

    /// Repeats the last sample of each row up to whole blocks, which libjpeg reads.
    private func padRows(of plane: Int, in buffer: PlaneBuffer, at row: Int) {
        let size = format.size(ofPlane: plane)
        guard size.width < rowWidths[plane] else { return }
        let shift = format.subsampling(ofPlane: plane).verticalShift
        for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, size.height)) {
            let samples = buffer.row(y, ofPlane: plane)
            let last = samples[size.width - 1]
            for x in size.width..<rowWidths[plane] { samples[x] = last }
        }
    }
}
