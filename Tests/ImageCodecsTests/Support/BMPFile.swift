/// Builds the bytes of a BMP, field by field.
struct BMPFile {
    var width: Int
    /// In pixels; negative: top row first.
    var height: Int
    var bits: Int
    /// The size of the DIB header: 12, 16...64, 108 or 124.
    var headerBytes = 40
    var compression = 0
    var colorsUsed = 0
    /// The masks of red, green, blue and optionally alpha.
    var masks: [UInt32] = []
    /// Blue, green, red and an unused byte per colour; no unused byte with headers of 12 bytes.
    var palette: [UInt8] = []
    /// Bytes between the palette and the pixels.
    var gap = 0
    /// The stated offset of the pixels; `nil`: the real one.
    var pixelOffset: Int?
    var pixels: [UInt8]

    var bytes: [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var info = little(headerBytes, 4)
        if headerBytes == 12 {
            info += little(width, 2) + little(height, 2) + little(1, 2) + little(bits, 2)
        } else {
            info += little(width, 4) + little(height, 4) + little(1, 2) + little(bits, 2)
            info += little(compression, 4) + little(0, 4) + little(2835, 4) + little(2835, 4)
            info += little(colorsUsed, 4) + little(0, 4)
            // Cut short by small OS/2 headers, and followed by masks in any header.
            info = Array(info.prefix(headerBytes))
            info += masks.flatMap { little(Int($0), 4) }
            info += [UInt8](repeating: 0, count: max(0, headerBytes - info.count))
        }
        let body = info + palette + [UInt8](repeating: 0xA5, count: gap)
        let offset = pixelOffset ?? 14 + body.count
        return Array("BM".utf8) + little(14 + body.count + pixels.count, 4) + [0, 0, 0, 0] + little(offset, 4)
            + body + pixels
    }

    /// Packs rows as BMP stores them: padded to four bytes, the last row first unless `isTopDown`.
    static func packed(_ rows: [[UInt32]], bits: Int, isTopDown: Bool) -> [UInt8] {
        let stored = isTopDown ? rows : rows.reversed()
        return stored.flatMap { row -> [UInt8] in
            var bytes = [UInt8](repeating: 0, count: (row.count * bits + 31) / 32 * 4)
            for (x, value) in row.enumerated() {
                if bits < 8 {
                    bytes[x * bits / 8] |= UInt8(value) << UInt8(8 - bits - x * bits % 8)
                } else {
                    for byte in 0..<bits / 8 {
                        bytes[x * bits / 8 + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
                    }
                }
            }
            return bytes
        }
    }
}
