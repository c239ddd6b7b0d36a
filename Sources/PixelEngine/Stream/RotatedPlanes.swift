package import Pixels

/// Whole planes read in another orientation.
package struct RotatedPlanes {
    private let planes: PlaneBuffer
    private let format: PlaneFormat
    private let orientation: Orientation

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
        let buffer = try PlaneBuffer(format: sink.format, rows: sink.stripRows, widths: sink.rowWidths)
        for row in stride(from: 0, to: height, by: sink.stripRows) {
            for plane in 0..<sink.format.planeCount {
                let shift = sink.format.subsampling(ofPlane: plane).verticalShift
                let first = row >> shift
                let end = min(first + sink.stripRows >> shift, sink.format.size(ofPlane: plane).height)
                fill(
                    buffer, plane: plane, rows: first..<max(end, first),
                    width: sink.format.size(ofPlane: plane).width)
            }
            try sink.writeStrip(from: buffer, at: row)
            try checkpoint(Double(row) / Double(height))
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
        // Stored rows become columns. Walk them once for all rows of the strip, so that the samples
        // read from each stored row share a cache line.
        let count = rows.count
        guard count > 0 else { return }
        let target = buffer.planes[plane]
        let reversed = orientation.reversesColumns
        for x in 0..<width {
            let from = planes.row(orientation.reversesRows ? lastRow - x : x, ofPlane: plane)
            let start = reversed ? lastColumn - rows.lowerBound : rows.lowerBound
            let step = reversed ? -1 : 1
            // The ring holds whole strips, so the rows of one strip are one stride apart.
            let to = buffer.row(rows.lowerBound, ofPlane: plane) + x
            for index in 0..<count { to[index * target.stride] = from[start + index * step] }
        }
    }
}
