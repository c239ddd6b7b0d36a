package import PixelEngine
package import Pixels

/// A picture read as packed rows, top to bottom: the reader for everything that is not read as
/// planes.
package protocol RowReader: AnyObject {
    /// As stored, in px.
    var size: PixelSize { get }
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is straight.
    var channels: Int { get }

    /// 8 bits, or 16 where the picture has them and they were asked for.
    var sampleType: SampleType { get }

    /// Writes the next row: `size.width * channels` samples.
    func readRow(into row: UnsafeMutablePointer<UInt8>) throws
    /// Reads what follows the last row and reports damage that shows only there.
    func finish() throws
}

extension RowReader {
    /// Bytes of one row.
    package var rowBytes: Int { size.width * channels * sampleType.bytes }

    /// Whether a sample of the alpha channel is below 255. Stops at the first such row, so the rows
    /// are used up.
    package func hasTransparency() throws -> Bool {
        guard channels == 2 || channels == 4 else { return false }
        let memory = try WorkingMemory(byteCount: rowBytes)
        let row = memory.bytes
        let step = channels * sampleType.bytes
        for _ in 0..<size.height {
            try readRow(into: row)
            // Every byte of an opaque sample is 255, of 16 bits as of 8.
            var all: UInt8 = 255
            for byte in 1...sampleType.bytes {
                var index = step - byte
                while index < rowBytes {
                    all &= row[index]
                    index += step
                }
            }
            if all != 255 { return true }
        }
        try finish()
        return false
    }
}
