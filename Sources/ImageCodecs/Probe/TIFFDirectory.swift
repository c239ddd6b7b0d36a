/// The first directory of a TIFF structure, as EXIF and multi-picture files embed it (TIFF 6.0,
/// section 2).
struct TIFFDirectory {
    private let bytes: [UInt8]
    private let isLittleEndian: Bool
    private let entries: Range<Int>

    /// - Parameter block: From the byte order mark on. `nil` if it is no TIFF structure.
    init?(_ block: [UInt8]) {
        bytes = block
        if block.starts(with: [0x49, 0x49, 0x2A, 0]) {
            isLittleEndian = true
        } else if block.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            isLittleEndian = false
        } else {
            return nil
        }
        let header = Self.number(block, at: 4, length: 4, isLittleEndian)
        guard let header, let count = Self.number(block, at: header, length: 2, isLittleEndian) else {
            return nil
        }
        entries = (header + 2)..<(header + 2 + count * 12)
    }

    /// The directory that a tag points to, such as the EXIF directory; `nil` without it.
    func directory(atTag tag: Int) -> TIFFDirectory? {
        guard let start = value(ofTag: tag), let count = number(at: start, length: 2) else { return nil }
        return TIFFDirectory(
            bytes: bytes, isLittleEndian: isLittleEndian, entries: (start + 2)..<(start + 2 + count * 12))
    }

    /// The text of a tag of up to four bytes; `nil` without it.
    func shortText(ofTag tag: Int) -> String? {
        for entry in stride(from: entries.lowerBound, to: entries.upperBound, by: 12) {
            guard let found = number(at: entry, length: 2), entry + 12 <= bytes.count else { return nil }
            if found == tag {
                return String(decoding: bytes[(entry + 8)..<(entry + 12)].prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return nil
    }

    private init(bytes: [UInt8], isLittleEndian: Bool, entries: Range<Int>) {
        self.bytes = bytes
        self.isLittleEndian = isLittleEndian
        self.entries = entries
    }

    /// The first value of a tag that is stored as BYTE, SHORT or LONG; `nil` without it.
    func value(ofTag tag: Int) -> Int? {
        for entry in stride(from: entries.lowerBound, to: entries.upperBound, by: 12) {
            guard let found = number(at: entry, length: 2) else { return nil }
            guard found == tag else { continue }
            switch number(at: entry + 2, length: 2) {
            case 1: return number(at: entry + 8, length: 1)
            case 3: return number(at: entry + 8, length: 2)
            case 4: return number(at: entry + 8, length: 4)
            default: return nil
            }
        }
        return nil
    }

    private func number(at offset: Int, length: Int) -> Int? {
        Self.number(bytes, at: offset, length: length, isLittleEndian)
    }

    private static func number(_ bytes: [UInt8], at offset: Int, length: Int, _ isLittleEndian: Bool) -> Int?
    {
        guard offset >= 0, offset + length <= bytes.count else { return nil }
        let slice = bytes[offset..<offset + length]
        return isLittleEndian ? slice.littleEndianValue : slice.bigEndianValue
    }
}
