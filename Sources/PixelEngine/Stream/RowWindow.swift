import Pixels

/// A window of 16-bit rows that slides down a picture: rows resized across, waiting to be resized
/// down.
package final class RowWindow {
    /// The first row that is held.
    package private(set) var first = 0
    /// One past the last row that is held.
    package private(set) var end = 0
    private let buffer: PlaneBuffer
    private let height: Int
    private let capacity: Int

    /// - Parameters:
    ///   - format: Of the rows; its height is that of the whole picture.
    ///   - capacity: Rows held at once, at most; rounded up to whole chroma rows.
    package init(format: PlaneFormat, capacity: Int) throws(PixelError) {
        let step = 1 << format.subsampling.verticalShift
        self.capacity = capacity.roundedUp(toMultipleOf: step)
        height = format.size.height
        buffer = try PlaneBuffer(format: format, rows: self.capacity, sampleType: .word)
    }

    /// Where the next rows go.
    package var tail: PlaneView { buffer.view(from: end - first) }

    /// Counts rows that have been written to ``tail``; those below the picture do not count.
    package func append(rows: Int) {
        end = min(end + rows, height)
        precondition(end - first <= capacity, "row window overflows")
    }

    /// Lets go of the rows above `row`, a multiple of the chroma rows' step.
    package func slide(to row: Int) {
        let row = min(max(row, first), end)
        guard row > first else { return }
        for plane in buffer.planes {
            let from = (row - first) >> plane.verticalShift
            let count = (end - row).dividedRoundingUp(by: 1 << plane.verticalShift)
            plane.base.update(from: plane.base + from * plane.stride, count: count * plane.stride)
        }
        first = row
    }

    /// Adds rows below the end of the picture, the picture mirrored at its last row.
    ///
    /// - Returns: Rows held then, as many as the window has room for.
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
