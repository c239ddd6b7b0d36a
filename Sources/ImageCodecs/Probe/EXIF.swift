import Pixels

/// The first directory of a TIFF structure, as EXIF and multi-picture files embed it (TIFF 6.0,
/// section 2).
struct TIFFDirectory {
    private let bytes: [UInt8]
    private let isLittleEndian: Bool
    private let entries: Range<Int>

    /// - Parameter block: The bytes from the byte order mark on.
    /// - Returns: `nil` if they are not a TIFF structure.
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

    /// Returns the directory that a tag points to, such as the EXIF directory; `nil` without it.
    func directory(atTag tag: Int) -> TIFFDirectory? {
        guard let start = value(ofTag: tag), let count = number(at: start, length: 2) else { return nil }
        return TIFFDirectory(
            bytes: bytes, isLittleEndian: isLittleEndian, entries: (start + 2)..<(start + 2 + count * 12))
    }

    /// Returns the text of a tag of up to four bytes; `nil` without it.
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

    /// Returns the first value of a tag stored as BYTE, SHORT or LONG; `nil` without it.
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

/// The EXIF facts that affect pixels. All other EXIF data are removed unread.
struct EXIF {
    /// The most bytes read of a block: the largest APP1 segment.
    static let maximumBytes = 65_536

    /// The orientation of tag 0x0112; `nil` if it is missing or invalid.
    let orientation: Orientation?
    /// Whether the colours are Adobe RGB: ColorSpace (0xA001) is 2, or it is "uncalibrated" and the
    /// interoperability index is "R03" (DCF 2.0, optional colour space).
    let isAdobeRGB: Bool

    /// - Parameter block: The bytes from the byte order mark on; a leading `Exif\0\0` is skipped.
    init(_ block: some Collection<UInt8>) {
        var bytes = Array(block.prefix(Self.maximumBytes))
        if bytes.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) { bytes.removeFirst(6) }
        let main = TIFFDirectory(bytes)
        // SHORT by the standard; some writers use LONG or BYTE.
        orientation = main?.value(ofTag: 0x0112).flatMap(Orientation.init(rawValue:))
        let camera = main?.directory(atTag: 0x8769)
        let space = camera?.value(ofTag: 0xA001)
        let index = camera?.directory(atTag: 0xA005)?.shortText(ofTag: 0x0001)
        isAdobeRGB = space == 2 || space != 1 && index == "R03"
    }
}
