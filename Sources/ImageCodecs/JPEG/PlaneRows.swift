import PixelEngine
import Pixels

/// The table of row addresses that libjpeg's raw data calls take: for each plane, one pointer for
/// each row of a band.
final class PlaneRows {
    let planes: UnsafeMutablePointer<UnsafePointer<UnsafeMutablePointer<UInt8>?>?>
    private let rows: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    private let rowsPerBand: [Int]

    init(rowsPerBand: [Int]) {
        self.rowsPerBand = rowsPerBand
        rows = .allocate(capacity: rowsPerBand.reduce(0, +))
        rows.initialize(repeating: nil, count: rowsPerBand.reduce(0, +))
        planes = .allocate(capacity: 3)
        planes.initialize(repeating: nil, count: 3)
        var offset = 0
        for (plane, count) in rowsPerBand.enumerated() {
            planes[plane] = UnsafePointer(rows + offset)
            offset += count
        }
    }

    deinit {
        rows.deallocate()
        planes.deallocate()
    }

    /// Points the table at the band that begins at row `row` of the picture.
    ///
    /// - Parameters:
    ///   - planes: Which planes; all by default.
    ///   - lastRows: For each plane, the last row that exists; rows below it repeat it. `nil`: all
    ///     exist.
    func point(planes: ClosedRange<Int>? = nil, into buffer: PlaneBuffer, at row: Int, lastRows: [Int]? = nil)
    {
        var slot = 0
        for (plane, count) in rowsPerBand.enumerated() {
            defer { slot += count }
            guard planes?.contains(plane) ?? true else { continue }
            let first = row >> buffer.planes[plane].verticalShift
            for index in 0..<count {
                let y = first + index
                rows[slot + index] = buffer.row(lastRows.map { min(y, $0[plane]) } ?? y, ofPlane: plane)
            }
        }
    }
}
