/// The quality setting that would make libjpeg write a quantisation table.
enum JPEGQuality {
    /// The luminance table of ITU-T T.81, K.1, in zigzag order, which libjpeg scales (jcparam.c).
    private static let standard: [Int] = [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29,
        40, 58, 51, 61,
        60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103,
        62, 77, 113,
        121, 112, 100, 120, 92, 101, 103, 99,
    ]

    /// 1 to 100, from the first table of a DQT segment; `nil` if it is too short.
    static func estimate(table segment: [UInt8]) -> Int? {
        guard let kind = segment.first else { return nil }
        let bytesEach = kind >> 4 == 0 ? 1 : 2
        guard segment.count >= 1 + 64 * bytesEach else { return nil }
        let values = (0..<64).map { index in
            let start = 1 + index * bytesEach
            return segment[start..<start + bytesEach].bigEndianValue
        }
        // Entries clipped at 1 or 255 say nothing about the scale; the rest are averaged.
        let pairs = zip(values, standard).filter { 1 < $0.0 && $0.0 < 255 }
        guard !pairs.isEmpty else { return values.allSatisfy { $0 <= 1 } ? 100 : 1 }
        var sum = 0.0
        for (value, standard) in pairs { sum += 100 * Double(value) / Double(standard) }
        let scale = sum / Double(pairs.count)
        let quality = scale <= 100 ? (200 - scale) / 2 : 5000 / scale
        return min(max(Int(quality.rounded()), 1), 100)
    }
}
