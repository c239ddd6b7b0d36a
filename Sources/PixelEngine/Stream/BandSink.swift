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
