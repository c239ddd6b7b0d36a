package import HTTPTypes
package import SeedreamModel

/// Removes the account's key from everything that providers send: some quote a wrong key when they
/// reject it, and some echo the whole request.
///
/// The key is found in any letter case and in every form that still reveals it: percent-encoded,
/// escaped for JSON or HTML, as base64 at any offset, in hexadecimal, with white space or invisible
/// characters in between, and each half of an `id:secret` pair on its own. Deliberately shortened
/// keys, such as `sk-…abcd`, stay.
package struct KeyMask: Sendable {
    /// The text that replaces the key.
    package static let replacement = "<key>"
    /// The length in characters below which half of a key is too short to be a secret, and below
    /// which a whole key is matched only as a separate word.
    private static let minimumLength = 8
    /// The number of nested encodings that are undone.
    private static let maximumLevel = 3

    private struct Needle {
        var text: [UInt8]
        var isBase64 = false
        /// Whether it matches only where no letter or digit is adjacent.
        var isWord = false
    }

    /// The texts to look for, by the number of times that the searched text was decoded.
    private let needles: [[Needle]]
    private let minimum: Int

    /// Creates a mask that removes these secrets.
    package init(_ secrets: [String]) {
        var found: [Needle] = []
        for secret in secrets where !secret.isEmpty {
            let parts = secret.split(separator: ":").filter { $0.utf8.count >= Self.minimumLength }
            for text in Set([secret[...]] + parts) {
                let bytes = Array(text.utf8)
                guard bytes.count >= Self.minimumLength else {
                    found.append(Needle(text: bytes, isWord: true))
                    continue
                }
                found.append(Needle(text: bytes))
                found += Self.base64(of: bytes).map { Needle(text: $0, isBase64: true) }
                found.append(Needle(text: Array(bytes.map { Self.hexadecimal($0) }.joined().utf8)))
            }
        }
        minimum = found.map(\.text.count).min() ?? .max
        // Longest first, so that a whole key is masked once and not half by half.
        found.sort { $0.text.count > $1.text.count }
        needles = (0...Self.maximumLevel).map { level in
            found.map { needle in
                var needle = needle
                var units = Units(needle.text)
                for _ in 0..<level { units = units.decoded() }
                needle.text = units.bytes
                return needle
            }
        }
    }

    /// Returns the text without the key.
    package func masked(_ text: String) -> String {
        guard text.utf8.count >= minimum else { return text }
        let source = Array(text.utf8)
        var units = Units(source)
        var hits: [Range<Int>] = []
        // A key of a few letters may be part of any URL, and that URL may lead to a paid image.
        let isAddress = text.contains("://") || text.hasPrefix("inline:")
        for level in 0...Self.maximumLevel {
            hits += ranges(of: needles[level].filter { !(isAddress && $0.isWord) }, in: units)
            let decoded = units.decoded()
            if decoded.bytes.count == units.bytes.count { break }
            units = decoded
        }
        guard !hits.isEmpty else { return text }
        var result: [UInt8] = []
        var end = 0
        for hit in hits.sorted(by: { $0.lowerBound < $1.lowerBound }) where hit.upperBound > end {
            if hit.lowerBound >= end {
                result += source[end..<hit.lowerBound]
                result += Self.replacement.utf8
            }
            end = hit.upperBound
        }
        return String(decoding: result + source[end...], as: UTF8.self)
    }

    /// Returns the value without the key in any of its strings and member names.
    package func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text))
        case .array(let elements): .array(elements.map { masked($0) })
        case .object(let members):
            .object(Dictionary(members.map { (masked($0.key), masked($0.value)) }) { $1 })
        case .integer, .number: masked(value.text) == value.text ? value : .string(Self.replacement)
        case .null, .bool: value
        }
    }

    /// Returns the head of a reply without the key in its header fields.
    package func masked(_ head: HTTPResponse) -> HTTPResponse {
        var masked = HTTPResponse(status: HTTPResponse.Status(code: head.status.code))
        for field in head.headerFields {
            let text = self.masked(field.value)
            let name = self.masked(field.name.rawName)
            // A field whose name contains the key carries nothing that we need.
            if name == field.name.rawName {
                masked.headerFields.append(HTTPField(name: field.name, value: text))
            }
        }
        return masked
    }

    /// Returns the ranges of the source that match a needle.
    private func ranges(of needles: [Needle], in units: Units) -> [Range<Int>] {
        let bytes = units.bytes
        var byFirst = [[Int]](repeating: [], count: 256)
        for (index, needle) in needles.enumerated() {
            if let first = needle.text.first { byFirst[Int(first)].append(index) }
        }
        var ranges: [Range<Int>] = []
        var index = 0
        while index < bytes.count {
            let candidates = byFirst[Int(bytes[index])]
            guard let hit = candidates.first(where: { Self.stands(needles[$0], in: bytes, at: index) }) else {
                index += 1
                continue
            }
            var range = index..<index + needles[hit].text.count
            if needles[hit].isBase64 {
                // Only adjacent characters of the source: a word before the key is not part of it.
                while range.lowerBound > 0, Self.isOfBase64(bytes[range.lowerBound - 1]),
                    units.ends[range.lowerBound - 1] == units.starts[range.lowerBound]
                {
                    range = range.lowerBound - 1..<range.upperBound
                }
                while range.upperBound < bytes.count, Self.isOfBase64(bytes[range.upperBound]),
                    units.ends[range.upperBound - 1] == units.starts[range.upperBound]
                {
                    range = range.lowerBound..<range.upperBound + 1
                }
            }
            ranges.append(units.starts[range.lowerBound]..<units.ends[range.upperBound - 1])
            index = range.upperBound
        }
        return ranges
    }

    private static func stands(_ needle: Needle, in bytes: [UInt8], at index: Int) -> Bool {
        let end = index + needle.text.count
        guard end <= bytes.count, bytes[index..<end].elementsEqual(needle.text) else { return false }
        guard needle.isWord else { return true }
        return !(index > 0 && isOfWord(bytes[index - 1])) && !(end < bytes.count && isOfWord(bytes[end]))
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isASCII && Character(Unicode.Scalar(byte)).isLetter
            || (0x30...0x39).contains(byte)
    }

    private static func isOfBase64(_ byte: UInt8) -> Bool {
        isOfWord(byte) || "+/=_-".utf8.contains(byte)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// Returns the base64 characters that encode the bytes at each of the three offsets, in both
    /// alphabets.
    private static func base64(of bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { shift -> [[UInt8]] in
            let padded = [UInt8](repeating: 0, count: shift) + bytes
            var text = [UInt8](repeating: 0, count: (padded.count + 2) / 3 * 4)
            _ = padded.withUnsafeBytes { source in
                text.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
            }
            // Without the outer characters, which also hold bits of the adjacent bytes.
            let core = Array(text[(shift * 8 + 5) / 6..<padded.count * 8 / 6])
            let other = core.map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
            return core == other ? [core] : [core, other]
        }
    }
}

extension KeyMask {
    /// Bytes in lower case, and the range of the source that each came from.
    private struct Units {
        var bytes: [UInt8] = []
        var starts: [Int] = []
        var ends: [Int] = []

        init() {}

        init(_ source: [UInt8]) {
            bytes = source.map(Self.lower)
            starts = Array(0..<source.count)
            ends = Array(1..<(source.count + 1))
        }

        private static func lower(_ byte: UInt8) -> UInt8 {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }

        /// Returns the bytes with one layer of escapes decoded, and without those that cannot be
        /// part of a key: white space and everything that is not ASCII.
        func decoded() -> Units {
            var result = Units()
            result.bytes.reserveCapacity(bytes.count)
            result.starts.reserveCapacity(bytes.count)
            result.ends.reserveCapacity(bytes.count)
            var index = 0
            while index < bytes.count {
                let (value, length) = escape(at: index) ?? (bytes[index], 1)
                if (0x21...0x7E).contains(value) {
                    result.bytes.append(Self.lower(value))
                    result.starts.append(starts[index])
                    result.ends.append(ends[index + length - 1])
                }
                index += length
            }
            return result
        }

        /// Decodes `%41`, `\u0041`, `\x41`, `\/`, `&#65;`, `&#x41;`, `&amp;` or `&colon;`.
        private func escape(at index: Int) -> (UInt8, Int)? {
            func byte(_ offset: Int) -> UInt8? { index + offset < bytes.count ? bytes[index + offset] : nil }
            func number(_ range: Range<Int>, radix: Int) -> UInt8? {
                guard index + range.upperBound <= bytes.count else { return nil }
                let digits = bytes[index + range.lowerBound..<index + range.upperBound]
                return Int(String(decoding: digits, as: UTF8.self), radix: radix).map { UInt8(clamping: $0) }
            }
            switch bytes[index] {
            case UInt8(ascii: "%"): return number(1..<3, radix: 16).map { ($0, 3) }
            case UInt8(ascii: "\\"):
                switch byte(1) {
                case UInt8(ascii: "u")?: return number(2..<6, radix: 16).map { ($0, 6) }
                case UInt8(ascii: "x")?: return number(2..<4, radix: 16).map { ($0, 4) }
                // A line break or tab, which counts as white space, then any character that is
                // escaped as itself.
                case UInt8(ascii: "n")?, UInt8(ascii: "r")?, UInt8(ascii: "t")?: return (0x20, 2)
                case let next?: return (next, 2)
                case nil: return nil
                }
            case UInt8(ascii: "&"):
                guard let end = bytes[index...].prefix(10).firstIndex(of: UInt8(ascii: ";")) else {
                    return nil
                }
                let name = String(decoding: bytes[index + 1..<end], as: UTF8.self)
                let named: [String: UInt8] = [
                    "amp": 0x26, "colon": 0x3A, "lt": 0x3C, "gt": 0x3E, "quot": 0x22,
                ]
                let code =
                    name.hasPrefix("#x")
                    ? Int(name.dropFirst(2), radix: 16)
                    : name.hasPrefix("#") ? Int(name.dropFirst()) : named[name].map(Int.init)
                return code.map { (UInt8(clamping: $0), end - index + 1) }
            default: return nil
            }
        }
    }
}
