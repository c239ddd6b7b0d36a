/// Tells the metadata segments of a JPEG from those that decoding needs.
enum JPEGMetadata {
    /// Returns what removing the segment would take away; `nil` if decoding or colour needs it.
    ///
    /// - Parameter head: The first bytes of the parameters, up to 32.
    static func removal(of segment: JPEGWalker.Segment, head: [UInt8]) -> StrippedImage.Removal? {
        func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
        switch segment.marker {
        case JPEGWalker.Marker.app0 where begins("JFIF\0") && segment.payload.count >= 14:
            // Kept, but without its thumbnail.
            return segment.payload.count > 14 || head[12] != 0 || head[13] != 0 ? .thumbnail : nil
        case JPEGWalker.Marker.app0: return begins("JFXX\0") ? .thumbnail : .other
        case JPEGWalker.Marker.app1 where begins("Exif\0"): return .exif
        case JPEGWalker.Marker.app1 where begins("http://ns.adobe.com/"): return .xmp
        case JPEGWalker.Marker.app2 where begins("ICC_PROFILE\0"): return nil
        case 0xEB: return .contentCredentials
        case 0xED: return .iptc
        case JPEGWalker.Marker.app14 where begins("Adobe") && segment.payload.count >= 12:
            // Kept, but without the bytes after them.
            return segment.payload.count > 12 ? .other : nil
        case JPEGWalker.Marker.comment: return .comment
        case 0xE0...0xEF: return .other
        // DNL states a height that is known: images whose height only DNL states are not read.
        case 0xDC: return .other
        case let marker where JPEGWalker.Marker.isReserved(marker): return .other
        default: return nil
        }
    }
}

/// The index of a multi-picture file (CIPA DC-007).
enum MultiPicture {
    /// Returns the number of images after the first, from an APP2 payload that begins with `MPF\0`;
    /// 0 if the index cannot be read.
    static func extraCount(in payload: ArraySlice<UInt8>) -> Int {
        // NumberOfImages, LONG.
        let count = TIFFDirectory(Array(payload.dropFirst(4)))?.value(ofTag: 0xB001) ?? 1
        return max(0, min(count, 1000) - 1)
    }
}

/// Estimates the quality setting with which libjpeg would write a quantisation table.
package enum JPEGQuality {
    /// The luminance table of ITU-T T.81, K.1, in zigzag order, which libjpeg scales (jcparam.c).
    private static let standard: [Int] = [
        16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29,
        40, 58, 51, 61,
        60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103,
        62, 77, 113,
        121, 112, 100, 120, 92, 101, 103, 99,
    ]

    /// Returns 1 to 100, from the first table of a DQT segment; `nil` if the segment is too short.
    package static func estimate(table segment: [UInt8]) -> Int? {
        guard let kind = segment.first else { return nil }
        let bytesEach = kind >> 4 == 0 ? 1 : 2
        guard segment.count >= 1 + 64 * bytesEach else { return nil }
        let values = (0..<64).map { index in
            let start = 1 + index * bytesEach
            return segment[start..<start + bytesEach].bigEndianValue
        }
        // Averages the entries that are not clipped at 1 or 255; clipped ones do not show the
        // scale.
        let pairs = zip(values, standard).filter { 1 < $0.0 && $0.0 < 255 }
        guard !pairs.isEmpty else { return values.allSatisfy { $0 <= 1 } ? 100 : 1 }
        var sum = 0.0
        for (value, standard) in pairs { sum += 100 * Double(value) / Double(standard) }
        let scale = sum / Double(pairs.count)
        let quality = scale <= 100 ? (200 - scale) / 2 : 5000 / scale
        return min(max(Int(quality.rounded()), 1), 100)
    }
}
