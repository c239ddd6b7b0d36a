import Pixels

/// The IHDR chunk (PNG specification, third edition, 11.2.1).
struct PNGImageHeader: Hashable {
    let size: PixelSize
    /// Bits of a sample or palette index.
    let depth: Int
    private let colorType: UInt8
    let isInterlaced: Bool

    /// - Throws: ``CodecError/corrupt(_:)`` for values that libpng refuses.
    init(_ bytes: [UInt8]) throws(CodecError) {
        func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].bigEndianValue }
        (depth, colorType) = (Int(bytes[8]), bytes[9])
        guard max(number(0), number(4)) < 1 << 31 else { throw .corrupt("size is \(number(0))x\(number(4))") }
        size = PixelSize(width: number(0), height: number(4))
        let depths: [UInt8: [Int]] = [
            0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
        ]
        guard depths[colorType]?.contains(depth) == true else {
            throw .corrupt("colour type \(colorType) with \(depth) bits does not exist")
        }
        guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else {
            throw .corrupt("compression, filter and interlace are \(bytes[10]), \(bytes[11]), \(bytes[12])")
        }
        isInterlaced = bytes[12] == 1
    }

    var isPalette: Bool { colorType == 3 }
    /// Whether the samples are colours or indices of colours.
    var hasColor: Bool { colorType & 2 != 0 }
    var hasAlphaChannel: Bool { colorType & 4 != 0 }
    /// Samples of a pixel, as stored.
    var channels: Int { (hasColor && !isPalette ? 3 : 1) + (hasAlphaChannel ? 1 : 0) }
    var colorModel: ImageProbe.ColorModel { isPalette ? .palette : hasColor ? .rgb : .grey }

    /// The number of rows and the bytes of each, filter byte included: one entry, or one for each
    /// non-empty pass of an interlaced image.
    var passes: [(rows: Int, rowBytes: Int)] {
        func pass(_ width: Int, _ height: Int) -> (rows: Int, rowBytes: Int) {
            (height, 1 + (width * channels * depth + 7) / 8)
        }
        guard isInterlaced else { return [pass(size.width, size.height)] }
        // The starts and steps of Adam7's passes (8.1).
        let grid = [
            (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
        ]
        return grid.compactMap { x, y, xStep, yStep in
            guard size.width > x, size.height > y else { return nil }
            return pass((size.width - x + xStep - 1) / xStep, (size.height - y + yStep - 1) / yStep)
        }
    }

    /// The size of the inflated image data in bytes; `Int.max` if it overflows.
    var dataBytes: Int {
        passes.reduce(0) { sum, pass in
            let (bytes, isTooMany) = pass.rows.multipliedReportingOverflow(by: pass.rowBytes)
            return isTooMany || sum > .max - bytes ? .max : sum + bytes
        }
    }
}
