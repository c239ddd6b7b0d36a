import ImageCodecs
import PixelEngine
import Pixels

/// The results of all readers for some bytes, in the order in which `prep` calls them.
struct Reading: Equatable {
    /// The size as stored.
    var size: PixelSize
    /// The channels of ``samples``.
    var channels: Int
    /// Rows of 8-bit samples from the row reader.
    var samples: [UInt8]
    /// The planes as stored; only for a JPEG that has them.
    var planes: [[UInt8]]

    /// Probes and decodes to the last row.
    ///
    /// - Throws: ``CodecError``, and no other error.
    init(_ source: EncodedSource, limits: DecodeLimits) throws {
        let probe = try Prober.probe(source, limits: limits)
        (size, channels, samples) = try RowReaders.withReader(of: source, probe: probe, limits: limits) {
            reader in
            let rowBytes = reader.size.width * reader.channels
            var samples = [UInt8](repeating: 0, count: rowBytes * reader.size.height)
            try samples.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                for y in 0..<reader.size.height { try reader.readRow(into: base + y * rowBytes) }
            }
            try reader.finish()
            return (reader.size, reader.channels, samples)
        }
        planes = try Self.hasPlanes(probe) ? Self.planes(source, denominator: 1, limits: limits) : []
    }

    private static func hasPlanes(_ probe: ImageProbe) -> Bool {
        probe.format == .jpeg && (probe.colorModel == .grey || probe.planeSubsampling != nil)
    }

    /// Returns the planes of a JPEG at a reduced size.
    static func planes(
        _ source: EncodedSource, denominator: Int, limits: DecodeLimits
    ) throws -> [[UInt8]] {
        try JPEGPlaneSource.withSource(of: source, denominator: denominator, limits: limits) { planes in
            let format = planes.format
            let buffer = try PlaneBuffer(format: format, rows: planes.stripRows, widths: planes.rowWidths)
            var result = [[UInt8]](repeating: [], count: format.planeCount)
            for row in stride(from: 0, to: format.size.height, by: planes.stripRows) {
                try planes.readStrip(into: buffer, at: row)
                for plane in 0..<format.planeCount {
                    let size = format.size(ofPlane: plane)
                    let shift = format.subsampling(ofPlane: plane).verticalShift
                    for y
                        in (row >> shift)..<max(
                            row >> shift, min((row + planes.stripRows) >> shift, size.height))
                    {
                        result[plane] += UnsafeBufferPointer(
                            start: buffer.row(y, ofPlane: plane), count: size.width)
                    }
                }
            }
            try planes.finish()
            return result
        }
    }
}
