/// Recognises the format of an image by its first bytes, never by file names or declared media
/// types.
package enum FormatSniffer {
    /// The number of bytes needed.
    package static let prefixLength = 64

    /// Returns the format that begins with these bytes, or `nil`.
    package static func format(of prefix: some Sequence<UInt8>) -> ImageFormat? {
        let bytes = Array(prefix.prefix(prefixLength))
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if has("RIFF"), has("WEBP", at: 8) { return .webp }
        if has("GIF87a") || has("GIF89a") { return .gif }
        if has("BM"), isBMPHeader(bytes) { return .bmp }
        if bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
            return .tiff
        }
        if bytes.starts(with: [0x49, 0x49, 0x2B, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2B]) {
            return .tiff
        }
        if has("ftyp", at: 4) { return isoMediaFormat(bytes) }
        if bytes.starts(with: [0xFF, 0x0A]) || has("JXL ", at: 4) { return .jpegXL }
        if has("jP  ", at: 4) || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) { return .jpeg2000 }
        if bytes.starts(with: [0, 0, 1, 0]), bytes.count > 5, bytes[4] > 0, bytes[5] == 0 { return .ico }
        if has("8BPS") { return .psd }
        if has("%PDF-") { return .pdf }
        return isSVG(bytes) ? .svg : nil
    }

    /// Returns the format whose signature begins with these bytes, or `nil`. For files cut inside
    /// their signature.
    package static func formatBegun(by bytes: [UInt8]) -> ImageFormat? {
        let signatures: [(ImageFormat, [UInt8])] = [
            (.jpeg, [0xFF, 0xD8, 0xFF]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
            (.gif, Array("GIF89a".utf8)), (.gif, Array("GIF87a".utf8)),
        ]
        if let match = signatures.first(where: { $0.1.starts(with: bytes) }) { return match.0 }
        // The four bytes between are a length.
        return bytes.count < 12 && "RIFF".utf8.starts(with: bytes.prefix(4))
            && "WEBP".utf8.starts(with: bytes.dropFirst(8)) ? .webp : nil
    }

    /// The DIB header's length follows at offset 14: 12 (OS/2 1) to 124 (version 5).
    private static func isBMPHeader(_ bytes: [UInt8]) -> Bool {
        bytes.count < 18 || (12...124).contains(Int(bytes[14])) && bytes[15...17].allSatisfy { $0 == 0 }
    }

    /// Brands of ISO/IEC 23008-12 (HEIF) and AV1 Image File Format 1.1.
    private static func isoMediaFormat(_ bytes: [UInt8]) -> ImageFormat? {
        let boxLength = bytes.prefix(4).bigEndianValue
        let end = min(bytes.count, max(boxLength, 12))
        var offset = 8
        var found: ImageFormat?
        while offset + 4 <= end {
            let brand = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
            switch brand {
            case "avif", "avis": return .avif
            case "heic", "heix", "heim", "heis", "hevc", "hevx": return .heic
            case "mif1", "msf1", "mif2", "miaf": found = .heif
            default: break
            }
            offset += offset == 8 ? 8 : 4  // the minor version follows the major brand
        }
        return found
    }

    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.contains("<svg")
    }
}

/// Recognises camera raw files by their first bytes; ``TIFFPages`` recognises those that are TIFF
/// files.
package enum CameraRaw {
    /// Returns the maker and name of the format, or `nil`. Needs 20 bytes.
    package static func name(beginningWith prefix: some Sequence<UInt8>) -> String? {
        let bytes = Array(prefix.prefix(20))
        func has(_ text: String, at offset: Int = 0) -> Bool {
            bytes.dropFirst(offset).starts(with: text.utf8)
        }
        let isTIFF = bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
        if isTIFF, has("CR\u{2}", at: 8) { return "Canon CR2" }
        // The second word is "Raw" and a version, in the byte order of the first.
        if isTIFF, has("IIII", at: 8), has("waR", at: 13) { return "Phase One IIQ" }
        if isTIFF, has("MMMM", at: 8), has("Raw", at: 12) { return "Phase One IIQ" }
        if has("ftypcrx ", at: 4) { return "Canon CR3" }
        if has("II\u{1A}\0\0\0HEAPCCDR") { return "Canon CRW" }
        if has("IIRO") || has("IIRS") || has("MMOR") { return "Olympus ORF" }
        if has("IIU\0") { return "Panasonic RW2" }
        if has("FUJIFILMCCD-RAW") { return "Fujifilm RAF" }
        if has("FOVb") { return "Sigma X3F" }
        if has("\0MRM") { return "Minolta MRW" }
        return nil
    }
}
