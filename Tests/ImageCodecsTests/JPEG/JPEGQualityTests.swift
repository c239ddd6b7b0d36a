import ImageCodecs
import Testing

@Suite("JPEGQuality")
struct JPEGQualityTests {
    /// The luminance table of ITU-T T.81, K.1, row by row.
    private static let rows = [
        [16, 11, 10, 16, 24, 40, 51, 61], [12, 12, 14, 19, 26, 58, 60, 55], [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62], [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92], [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]

    /// The same in zigzag order: diagonals, alternately up and down.
    private static let zigzag: [Int] = (0..<15).flatMap { sum in
        let diagonal = (0..<8).filter { (0..<8).contains(sum - $0) }.map { rows[$0][sum - $0] }
        return sum.isMultiple(of: 2) ? diagonal.reversed() : diagonal
    }

    /// Returns the table that libjpeg writes (jcparam.c, `jpeg_quality_scaling` and
    /// `jpeg_add_quant_table`).
    private static func table(quality: Int) -> [Int] {
        let scale = quality < 50 ? 5000 / quality : 200 - 2 * quality
        return zigzag.map { min(max(($0 * scale + 50) / 100, 1), 255) }
    }

    @Test("recovers each quality that libjpeg writes", arguments: 1...100)
    func recovers(_ quality: Int) {
        let table = Self.table(quality: quality)
        #expect(JPEGQuality.estimate(table: [0] + table.map { UInt8($0) }) == quality)
        // Entries of 16 bits.
        let wide = table.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(JPEGQuality.estimate(table: [0x10] + wide) == quality)
    }

    @Test("is nil for a table that ends too early")
    func short() {
        #expect(JPEGQuality.estimate(table: []) == nil)
        #expect(JPEGQuality.estimate(table: [UInt8](repeating: 1, count: 64)) == nil)
        #expect(JPEGQuality.estimate(table: [0x10] + [UInt8](repeating: 1, count: 127)) == nil)
    }
}
