package import PixelEngine
package import Pixels

/// Reads an image as packed rows, from top to bottom. For images that are not read as planes.
package protocol RowReader: AnyObject {
    /// The stored size, in px.
    var size: PixelSize { get }
    /// 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; alpha is straight.
    var channels: Int { get }

    /// 8 bits, or 16 if the image has them and they were requested.
    var sampleType: SampleType { get }

    /// Writes the next row, ``rowBytes`` bytes, to `row`.
    func readRow(into row: UnsafeMutablePointer<UInt8>) throws
    /// Reads the rest of the file after the last row, and reports damage found there.
    func finish() throws
}

extension RowReader {
    /// Bytes of one row.
    package var rowBytes: Int { size.width * channels * sampleType.bytes }

    /// Whether a sample of the alpha channel is below full. Reads rows up to the first with such a
    /// sample, so the reader cannot be used afterwards.
    package func hasTransparency() throws -> Bool {
        guard channels == 2 || channels == 4 else { return false }
        let memory = try WorkingMemory(byteCount: rowBytes)
        for _ in 0..<size.height {
            try readRow(into: memory.bytes)
            if !isOpaque(memory.bytes) { return true }
        }
        try finish()
        return false
    }

    /// Returns whether every alpha sample of a row, ``rowBytes`` bytes, is full.
    package func isOpaque(_ row: UnsafeMutablePointer<UInt8>) -> Bool {
        guard channels == 2 || channels == 4 else { return true }
        let step = channels * sampleType.bytes
        // Every byte of an opaque sample is 255, with 8 and with 16 bits.
        var all: UInt8 = 255
        for byte in 1...sampleType.bytes {
            var index = step - byte
            while index < rowBytes {
                all &= row[index]
                index += step
            }
        }
        return all == 255
    }
}
