import Pixels

/// Where the rows of a planar picture come from, top to bottom, some at a time.
package protocol BandSource: AnyObject {
    /// What the rows hold.
    var format: PlaneFormat { get }
    /// How the samples are stored.
    var sampleType: SampleType { get }
    /// Rows of the picture in each band; the last band may reach below the picture.
    var bandRows: Int { get }
    /// For each plane, samples written into each row, padding included.
    var rowWidths: [Int] { get }

    /// Writes the next band into `buffer`, its first row being row `row` of the picture.
    func readBand(into buffer: PlaneBuffer, at row: Int) throws
    /// Reads what follows the last band and reports damage that shows only there.
    func finish() throws
}

extension BandSource {
    /// 8 bits.
    package var sampleType: SampleType { .byte }

    /// Reads a strip. If the buffer's rows are wider than the source's, the extra samples are the
    /// row mirrored at its last column, as the resampler computes it.
    func readMirroredBand(into buffer: PlaneBuffer, at row: Int) throws {
        try readBand(into: buffer, at: row)
        guard buffer.format.size.width != format.size.width else { return }
        for plane in 0..<format.planeCount {
            let inside = format.size(ofPlane: plane)
            let width = buffer.format.size(ofPlane: plane).width
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<max(row >> shift, min((row + bandRows) >> shift, inside.height)) {
                let samples = buffer.row(y, ofPlane: plane)
                for x in inside.width..<width { samples[x] = samples[max(2 * inside.width - 1 - x, 0)] }
            }
        }
    }
}

/// Where the rows of a planar picture go, top to bottom, some at a time.
package protocol BandSink: AnyObject {
    /// What the rows hold.
    var format: PlaneFormat { get }
    /// Rows of the picture in each band.
    var bandRows: Int { get }
    /// For each plane, samples that each row of the buffer must have room for; the sink may fill
    /// the padding.
    var rowWidths: [Int] { get }

    /// Takes the next band, its first row being row `row` of the picture; rows below the picture
    /// are the sink's to make.
    func writeBand(from buffer: PlaneBuffer, at row: Int) throws
}
