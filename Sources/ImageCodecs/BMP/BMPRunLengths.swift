#if BMP
import Pixels

/// Walks the opcodes of BMP's run-length coding (RLE4 and RLE8) without decoding them.
enum BMPRunLengths {
    /// - Throws: ``CodecError/truncated(_:)`` where the data end before the picture and without an end mark.
    static func check(
        _ source: EncodedSource, from start: Int, size: PixelSize, bitCount: Int
    ) throws(CodecError) {
        var reader = HeaderReader(source)
        var (offset, column, row) = (start, 0, 0)
        opcodes: while let count = try reader.byte(at: offset), let value = try reader.byte(at: offset + 1) {
            offset += 2
            switch (count, value) {
            case (0, 0): (column, row) = (0, row + 1)
            case (0, 1): return
            case (0, 2):
                column += Int(try reader.byte(at: offset) ?? 0)
                row += Int(try reader.byte(at: offset + 1) ?? 0)
                offset += 2
            case (0, _):
                guard offset + (Int(value) * bitCount + 7) / 8 <= source.count else { break opcodes }
                column += Int(value)
                // Whole bytes, and an even number of them.
                offset += (Int(value) * bitCount + 15) / 16 * 2
            default: column += Int(count)
            }
        }
        guard row >= size.height || row == size.height - 1 && column >= size.width else {
            throw .truncated("run-length coded rows end at \(row) of \(size.height)")
        }
    }
}
#endif
