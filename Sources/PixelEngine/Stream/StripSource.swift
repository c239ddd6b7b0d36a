import Pixels

/// A source of the rows of a planar image, top to bottom, in strips.
package protocol StripSource: AnyObject {
    /// The format of the rows.
    var format: PlaneFormat { get }
    /// The storage of the samples.
    var sampleType: SampleType { get }
    /// The number of image rows in each strip. The last strip may extend below the image.
    var stripRows: Int { get }
    /// For each plane, the number of samples written into each row, padding included.
    var rowWidths: [Int] { get }

    /// Writes the next strip into `buffer`. Its first row is row `row` of the image.
    func readStrip(into buffer: PlaneBuffer, at row: Int) throws
    /// Reads the data after the last strip, and reports damage that shows only there.
    func finish() throws
}

extension StripSource {
    /// The default storage: 8 bits.
    package var sampleType: SampleType { .byte }

    /// Reads a strip. If the buffer's rows are wider than the source's, the extra samples are the
    /// row mirrored at its last column, as the resampler computes it.
    func readMirroredStrip(into buffer: PlaneBuffer, at row: Int) throws {
        try readStrip(into: buffer, at: row)
        guard buffer.format.size.width != format.size.width else { return }
        for plane in 0..<format.planeCount {
            let inside = format.size(ofPlane: plane)
            let width = buffer.format.size(ofPlane: plane).width
            let shift = format.subsampling(ofPlane: plane).verticalShift
            for y in (row >> shift)..<max(row >> shift, min((row + stripRows) >> shift, inside.height)) {
                let samples = buffer.row(y, ofPlane: plane)
                for x in inside.width..<width { samples[x] = samples[max(2 * inside.width - 1 - x, 0)] }
            }
        }
    }
}

/// A receiver of the rows of a planar image, top to bottom, in strips.
package protocol StripSink: AnyObject {
    /// The format of the rows.
    var format: PlaneFormat { get }
    /// The number of image rows in each strip.
    var stripRows: Int { get }
    /// For each plane, the number of samples that must fit in each row of the buffer. The sink may
    /// fill the padding.
    var rowWidths: [Int] { get }

    /// Takes the next strip. Its first row is row `row` of the image. The sink makes up rows below
    /// the image.
    func writeStrip(from buffer: PlaneBuffer, at row: Int) throws
}
