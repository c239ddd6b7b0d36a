/// Recognizes an image by its first bytes, regardless of the provider's content type.
package enum ImageSignature {
    /// A recognized format.
    package struct Format: Hashable, Sendable {
        /// The media type, such as `image/png`.
        package var mediaType: String
        /// The file extension, without the dot.
        package var fileExtension: String
        /// The format's usual name.
        package var name: String
        /// Whether the first bytes identify the format; for some formats they are too few to be
        /// sure.
        package var isCertain = true
        /// Whether it is one of the formats that Seedream is documented to return.
        package var isUsual = false
    }

    /// The number of bytes needed for recognition.
    package static let length = 48

    /// Returns the format that begins with these bytes; `nil` if they are not an image's.
    package static func format(of prefix: [UInt8]) -> Format? {
        func has(_ text: String, at offset: Int = 0) -> Bool {
            prefix.dropFirst(offset).starts(with: text.utf8)
        }
        func has(_ bytes: [UInt8]) -> Bool { prefix.starts(with: bytes) }
        if has([0xFF, 0xD8, 0xFF]) {
            return Format(mediaType: "image/jpeg", fileExtension: "jpg", name: "JPEG", isUsual: true)
        }
        if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return Format(mediaType: "image/png", fileExtension: "png", name: "PNG", isUsual: true)
        }
        if has("RIFF"), has("WEBP", at: 8) {
            return Format(mediaType: "image/webp", fileExtension: "webp", name: "WebP", isUsual: true)
        }
        if has("GIF87a") || has("GIF89a") {
            return Format(mediaType: "image/gif", fileExtension: "gif", name: "GIF")
        }
        if has([0x49, 0x49, 0x2A, 0]) || has([0x4D, 0x4D, 0, 0x2A]) || has([0x49, 0x49, 0x2B, 0])
            || has([0x4D, 0x4D, 0, 0x2B])
        {
            return Format(mediaType: "image/tiff", fileExtension: "tif", name: "TIFF")
        }
        if has("ftyp", at: 4) { return isoFormat(prefix) }
        if has("JXL ", at: 4) { return Format(mediaType: "image/jxl", fileExtension: "jxl", name: "JPEG XL") }
        if has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) {
            return Format(mediaType: "image/jp2", fileExtension: "jp2", name: "JPEG 2000")
        }
        if has("8BPS") {
            return Format(mediaType: "image/vnd.adobe.photoshop", fileExtension: "psd", name: "PSD")
        }
        if has([0xFF, 0x0A]) {
            return Format(mediaType: "image/jxl", fileExtension: "jxl", name: "JPEG XL", isCertain: false)
        }
        if has([0, 0, 1, 0]), prefix.count > 5, prefix[4] > 0, prefix[5] == 0 {
            return Format(
                mediaType: "image/vnd.microsoft.icon", fileExtension: "ico", name: "ICO", isCertain: false)
        }
        // The length of the second header, 12 to 124, follows at offset 14.
        if has("BM"), prefix.count > 17, (12...124).contains(prefix[14]), prefix[15...17] == [0, 0, 0] {
            return Format(mediaType: "image/bmp", fileExtension: "bmp", name: "BMP")
        }
        let text = String(decoding: prefix.drop { $0 <= 0x20 || $0 >= 0x80 }, as: UTF8.self).lowercased()
        if text.hasPrefix("<svg") || text.hasPrefix("<?xml") && text.contains("<svg") {
            return Format(mediaType: "image/svg+xml", fileExtension: "svg", name: "SVG", isCertain: false)
        }
        return nil
    }

    /// Recognizes HEIF (ISO/IEC 23008-12) and AVIF by their brands; videos have others.
    private static func isoFormat(_ prefix: [UInt8]) -> Format? {
        let brands = stride(from: 8, to: prefix.count - 3, by: 4).map {
            String(decoding: prefix[$0..<$0 + 4], as: UTF8.self)
        }
        if brands.contains(where: { ["avif", "avis"].contains($0) }) {
            return Format(mediaType: "image/avif", fileExtension: "avif", name: "AVIF")
        }
        if brands.contains(where: { ["heic", "heix", "heim", "heis", "hevc", "hevx"].contains($0) }) {
            return Format(mediaType: "image/heic", fileExtension: "heic", name: "HEIC")
        }
        guard brands.contains(where: { ["mif1", "msf1", "mif2", "miaf"].contains($0) }) else { return nil }
        return Format(mediaType: "image/heif", fileExtension: "heif", name: "HEIF")
    }

    /// Describes bytes that are not an image for an error message; most often they are an error
    /// page.
    package static func description(of prefix: [UInt8]) -> String {
        guard !prefix.isEmpty else { return "nothing" }
        let text = prefix.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        switch text.first {
        case UInt8(ascii: "<"): return "HTML or XML"
        case UInt8(ascii: "{"), UInt8(ascii: "["): return "JSON"
        default: break
        }
        return isText(prefix) ? "text" : "unknown bytes"
    }

    /// Returns whether all bytes are printable ASCII or whitespace.
    package static func isText(_ prefix: [UInt8]) -> Bool {
        prefix.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || (0x09...0x0D).contains($0)) }
    }
}
