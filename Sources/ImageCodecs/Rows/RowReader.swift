package import Pixels

/// A picture read as packed rows of 8-bit samples, top to bottom: the reader for everything that is not read as planes.
package protocol RowReader: AnyObject {
    /// As stored, in px.
    var size: PixelSize { get }
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is straight.
    var channels: Int { get }

    /// Writes the next row: `size.width * channels` bytes.
    func readRow(into row: UnsafeMutablePointer<UInt8>) throws
    /// Reads what follows the last row and reports damage that shows only there.
    func finish() throws
}

extension RowReader {
    /// Whether a sample of the alpha channel is below 255. Stops at the first such row, so the rows are used up.
    package func hasTransparency() throws -> Bool {
        guard channels == 2 || channels == 4 else { return false }
        let rowBytes = size.width * channels
        let row = UnsafeMutablePointer<UInt8>.allocate(capacity: rowBytes)
        defer { row.deallocate() }
        for _ in 0..<size.height {
            try readRow(into: row)
            var all: UInt8 = 255
            var index = channels - 1
            while index < rowBytes {
                all &= row[index]
                index += channels
            }
            if all != 255 { return true }
        }
        try finish()
        return false
    }
}
