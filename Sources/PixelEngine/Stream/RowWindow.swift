import Pixels

/// A window of 16-bit rows that slides down an image: rows resized across that wait to be resized
/// down.
package final class RowWindow {
    /// The first row held.
    package private(set) var first = 0
    /// The row after the last one held.
    package private(set) var end = 0
    private let buffer: PlaneBuffer
    private let height: Int
    private let capacity: Int

    /// - Parameters:
    ///   - format: The format of the rows; its height is that of the whole image.
    ///   - capacity: The maximum number of rows held, rounded up to whole chroma rows.
    package init(format: PlaneFormat, capacity: Int) throws(PixelError) {
        let step = 1 << format.subsampling.verticalShift
        self.capacity = capacity.roundedUp(toMultipleOf: step)
        height = format.size.height
        buffer = try PlaneBuffer(format: format, rows: self.capacity, sampleType: .word)
    }

    /// The position for the next rows.
    package var tail: PlaneView { buffer.view(from: end - first) }

    /// Adds rows that have been written to ``tail``. Rows below the image are not counted.
    package func append(rows: Int) {
        end = min(end + rows, height)
        precondition(end - first <= capacity, "row window overflows")
    }

    /// Releases the rows above `row`, a multiple of the rows per chroma row.
    package func slide(to row: Int) { take(over: self, from: row) }

    /// Replaces the rows by those of another window from `row` on, a multiple of the rows per
    /// chroma row. Only reads the other window, which may be this one.
    package func take(over other: RowWindow, from row: Int) {
        let row = min(max(row, other.first), other.end)
        guard other !== self || row > first else { return }
        for (plane, source) in zip(buffer.planes, other.buffer.planes) {
            let from = (row - other.first) >> plane.verticalShift
            let count = (other.end - row).dividedRoundingUp(by: 1 << plane.verticalShift)
            plane.base.update(from: source.base + from * source.stride, count: count * plane.stride)
        }
        (first, end) = (row, other.end)
    }

    /// Adds rows below the end of the image, which is mirrored at its last row.
    ///
    /// - Returns: The number of rows held afterwards. The window must have room for them.
    package func mirror(rows: Int) -> Int {
        let format = buffer.format
        for (index, plane) in buffer.planes.enumerated() {
            let inside = format.size(ofPlane: index).height
            let offset = first >> plane.verticalShift
            for y in inside..<inside + (rows >> plane.verticalShift) {
                let mirrored = max(2 * inside - 1 - y - offset, 0)
                (plane.base + (y - offset) * plane.stride).update(
                    from: plane.base + mirrored * plane.stride, count: plane.stride)
            }
        }
        return end - first + rows
    }

    /// The rows from ``first`` on.
    package var view: PlaneView { buffer.view() }
}
