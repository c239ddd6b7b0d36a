import CodecBridge
import PixelEngine
import Pixels

/// The table of row addresses that libjpeg's raw data calls take: for each plane, the rows of one
/// strip and the bytes that each of them has.
final class PlaneRows {
    /// One element for each plane; valid until the table points elsewhere.
    let planes: UnsafeMutablePointer<bridge_jpeg_plane_rows>
    var planeCount: Int32 { Int32(rowsPerStrip.count) }
    private let rows: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    private let rowsPerStrip: [Int]

    init(rowsPerStrip: [Int]) {
        self.rowsPerStrip = rowsPerStrip
        rows = .allocate(capacity: rowsPerStrip.reduce(0, +))
        rows.initialize(repeating: nil, count: rowsPerStrip.reduce(0, +))
        planes = .allocate(capacity: rowsPerStrip.count)
        var offset = 0
        for (plane, count) in rowsPerStrip.enumerated() {
            (planes + plane).initialize(
                to: bridge_jpeg_plane_rows(
                    rows: UnsafePointer(rows + offset), row_count: Int32(count), row_size: 0))
            offset += count
        }
    }

    deinit {
        rows.deallocate()
        planes.deallocate()
    }

    /// Points the table at the strip that begins at row `row` of the image.
    ///
    /// - Parameters:
    ///   - planes: The planes to point at `buffer`. Default: all.
    ///   - lastRows: For each plane, the last row that exists, which the rows below repeat. `nil`
    ///     if all rows exist.
    func point(planes: ClosedRange<Int>? = nil, into buffer: PlaneBuffer, at row: Int, lastRows: [Int]? = nil)
    {
        var slot = 0
        for (plane, count) in rowsPerStrip.enumerated() {
            defer { slot += count }
            guard planes?.contains(plane) ?? true else { continue }
            let first = row >> buffer.planes[plane].verticalShift
            for index in 0..<count {
                let y = first + index
                rows[slot + index] = buffer.row(lastRows.map { min(y, $0[plane]) } ?? y, ofPlane: plane)
            }
            self.planes[plane].row_size = buffer.planes[plane].stride
        }
    }
}
