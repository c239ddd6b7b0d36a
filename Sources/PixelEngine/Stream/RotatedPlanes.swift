package import Pixels

/// Whole planes read in another orientation.
package struct RotatedPlanes {
    private let planes: PlaneBuffer
    private let format: PlaneFormat
    private let orientation: Orientation

    /// The rows made at a time: as many as there are samples in a cache line, so that each line of
    /// the stored planes is read once even if its samples become a column.
    private static let workingRows = 64

    /// - Parameter size: The size of the image, which starts at the buffer's first row and column.
    package init(_ planes: PlaneBuffer, size: PixelSize, orientation: Orientation) {
        self.planes = planes
        self.orientation = orientation
        var format = planes.format
        format.size = size
        self.format = format
    }

    /// Writes the reoriented image, which may have half a chroma sample more at its end than the
    /// sink takes.
    package func write(to sink: any StripSink, checkpoint: (Double) throws -> Void) throws {
        let height = sink.format.size.height
        let rows = Self.workingRows.roundedUp(toMultipleOf: sink.stripRows)
        let buffer = try PlaneBuffer(format: sink.format, rows: rows, widths: sink.rowWidths)
        for top in stride(from: 0, to: height, by: rows) {
            for plane in 0..<sink.format.planeCount {
                let shift = sink.format.subsampling(ofPlane: plane).verticalShift
                let size = sink.format.size(ofPlane: plane)
                let first = top >> shift
                let end = min(first + rows >> shift, size.height)
                fill(buffer, plane: plane, rows: first..<max(end, first), width: size.width)
            }
            for row in stride(from: top, to: min(top + rows, height), by: sink.stripRows) {
                try sink.writeStrip(from: buffer, at: row)
                try checkpoint(Double(row) / Double(height))
            }
        }
    }

    private func fill(_ buffer: PlaneBuffer, plane: Int, rows: Range<Int>, width: Int) {
        let stored = format.size(ofPlane: plane)
        let lastColumn = stored.width - 1
        let lastRow = stored.height - 1
        guard orientation.swapsAxes else {
            for y in rows {
                let from = planes.row(orientation.reversesRows ? lastRow - y : y, ofPlane: plane)
                let to = buffer.row(y, ofPlane: plane)
                if orientation.reversesColumns {
                    for x in 0..<width { to[x] = from[lastColumn - x] }
                } else {
                    to.update(from: from, count: width)
                }
            }
            return
        }
        // Stored rows become columns: column `x` is the stored row `x`, counted from the last one
        // if rows are reversed, and so on.
        guard !rows.isEmpty else { return }
        let source = planes.planes[plane]
        let target = buffer.planes[plane]
        let reversed = orientation.reversesColumns
        let block = TransposedBlock(
            from: planes.row(orientation.reversesRows ? lastRow : 0, ofPlane: plane)
                + (reversed ? lastColumn - (rows.upperBound - 1) : rows.lowerBound),
            fromStride: orientation.reversesRows ? -source.stride : source.stride,
            // The ring holds all rows of a block, so they are one stride apart.
            to: buffer.row(reversed ? rows.upperBound - 1 : rows.lowerBound, ofPlane: plane),
            toStride: reversed ? -target.stride : target.stride)
        block.transpose(width: width, height: rows.count)
    }
}
