import SeedreamModel

/// The kind of a string in a reply, by its beginning, if it may be an image.
enum InlineText {
    /// Base64: the text before its first character, the media type of the data URI, and its
    /// characters so far.
    ///
    /// `isTolerant` is set for an image, detected by its type or first bytes: its base64 may
    /// contain line breaks or use the URL alphabet.
    case base64(prefix: [UInt8], type: String?, characters: [UInt8], isTolerant: Bool)
    /// A data URI whose content is percent-encoded or plain.
    case plainURI

    /// Classifies the beginning of a string, or all of it, as written in JSON. Returns `nil` for
    /// other text.
    init?(_ written: [UInt8]) {
        guard let plain = Self.unescaped(written) else { return nil }
        let text = plain.drop { $0 <= 0x20 }
        guard let (type, isBase64, content) = Self.dataURI(text) else {
            self = .base64(prefix: [], type: nil, characters: plain, isTolerant: Self.isImage(text))
            return
        }
        let isImage = Self.isImage(content)
        if isBase64 || isImage {
            let isTolerant = isImage || isBase64 && (type == nil || type?.hasPrefix("image/") == true)
            self = .base64(
                prefix: Array(text[..<content.startIndex]), type: type, characters: Array(content),
                isTolerant: isTolerant)
        } else if type?.hasPrefix("image/") == true, PercentEncoding.decode(content.prefix(256)).bytes.isImage
        {
            self = .plainURI
        } else {
            return nil
        }
    }

    /// Returns the content and type of a complete data URI without base64; `nil` if it is not an
    /// image.
    static func decoded(_ written: [UInt8]) -> (bytes: [UInt8], type: String?)? {
        let quote = [UInt8(ascii: "\"")]
        guard let text = (try? JSONValue(tolerating: quote + written + quote))?.string,
            let (type, _, content) = dataURI(Array(text.utf8).drop { $0 <= 0x20 })
        else { return nil }
        let bytes = PercentEncoding.decode(content).bytes
        return bytes.isImage ? (bytes, type) : nil
    }

    /// Returns the type, whether the URI is declared as `base64`, and the content; `nil` if the
    /// text is not a data URI.
    private static func dataURI(
        _ text: ArraySlice<UInt8>
    ) -> (type: String?, isBase64: Bool, content: ArraySlice<UInt8>)? {
        guard String(decoding: text.prefix(5), as: UTF8.self).lowercased() == "data:",
            let comma = text.firstIndex(of: UInt8(ascii: ","))
        else { return nil }
        let header = String(decoding: text[(text.startIndex + 5)..<comma], as: UTF8.self).lowercased()
        let words = header.split(separator: ";", omittingEmptySubsequences: false).map {
            String($0.filter { !$0.isWhitespace })
        }
        let type = words.first.flatMap { $0.isEmpty || $0 == "base64" ? nil : $0 }
        return (type, words.contains("base64"), text[(comma + 1)...])
    }

    /// Returns whether characters are the base64 of an image's first bytes.
    private static func isImage(_ characters: ArraySlice<UInt8>) -> Bool {
        let standard = Base64File.standard(characters.prefix(2 * ImageSignature.length))
        let groups = standard.prefix(ImageSignature.length / 3 * 4)
        let whole = groups.prefix(groups.count / 4 * 4)
        // The shortest possible image, a GIF, has 26 bytes.
        guard whole.count >= 32, let bytes = Array(whole).withUnsafeBufferPointer({ Base64.decode($0) })
        else {
            return false
        }
        return ImageSignature.format(of: bytes)?.isCertain == true
    }

    /// Returns the unescaped text; `nil` if it contains escapes that do not occur in base64.
    private static func unescaped(_ written: [UInt8]) -> [UInt8]? {
        guard written.contains(UInt8(ascii: "\\")) else { return written }
        var plain: [UInt8] = []
        var index = 0
        while index < written.count {
            guard written[index] == UInt8(ascii: "\\") else {
                plain.append(written[index])
                index += 1
                continue
            }
            guard index + 1 < written.count else { return nil }
            switch written[index + 1] {
            case UInt8(ascii: "/"): plain.append(UInt8(ascii: "/"))
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): plain.append(0x20)
            // Occurs in SVG.
            case UInt8(ascii: "\""): plain.append(UInt8(ascii: "\""))
            case UInt8(ascii: "u"):
                guard index + 5 < written.count,
                    let value = UInt8(
                        String(decoding: written[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16),
                    value < 0x80
                else { return nil }
                plain.append(value)
                index += 4
            default: return nil
            }
            index += 2
        }
        return plain
    }
}

extension [UInt8] {
    fileprivate var isImage: Bool { ImageSignature.format(of: self) != nil }
}
