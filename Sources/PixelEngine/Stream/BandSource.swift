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
}
