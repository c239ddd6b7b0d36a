package import HTTPTypes
package import SeedreamModel

/// Takes the account's key out of everything that comes from outside: providers quote a wrong key
/// in their refusals, and some echo the whole request.
///
/// The key is found as it is, without regard to case, and in every form that still shows it:
/// percent-encoded, with escapes of JSON or HTML, as base64 at any offset, in hexadecimal, with
/// white space or invisible characters in between, and half of it alone where it is `id:secret`.
/// What providers show on purpose, as `sk-…abcd`, stays.
package struct KeyMask: Sendable {
    /// What stands in the key's place.
    package static let replacement = "<key>"
    /// Characters below which half of a key is too short to be a secret, and all of one too short
    /// to be looked for within words.
    private static let minimumLength = 8
    /// How often one encoding may lie within another.
    private static let maximumLevel = 3

    private struct Needle {
        var text: [UInt8]
        var isBase64 = false
        /// Whether it counts only where no letter or digit is beside it.
        var isWord = false
    }

    /// What is looked for in a text that was decoded so many times.
    private let needles: [[Needle]]
    private let minimum: Int

    /// Looks for these secrets.
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
        // The longest first: where a whole key stands, its halves are not masked one by one.
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

    /// The text without the key.
    package func masked(_ text: String) -> String {
        guard text.utf8.count >= minimum else { return text }
        let source = Array(text.utf8)
        var units = Units(source)
        var hits: [Range<Int>] = []
        // A key of a few letters may be a word of any URL, and an image that is paid for lies
        // behind it.
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

    /// The value without the key in any of its texts and names.
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

    /// The head of a reply without the key in its header fields.
    package func masked(_ head: HTTPResponse) -> HTTPResponse {
        var masked = HTTPResponse(status: HTTPResponse.Status(code: head.status.code))
        for field in head.headerFields {
            let text = self.masked(field.value)
            let name = self.masked(field.name.rawName)
            // A field whose name holds the key says nothing that is needed.
            if name == field.name.rawName {
                masked.headerFields.append(HTTPField(name: field.name, value: text))
            }
        }
        return masked
    }

    /// Where the needles are, as ranges of the source.
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
                // Only what was written next to it: a word before it is none of it.
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

    /// The characters of base64 that bytes give wherever they stand in what is encoded, in both
    /// alphabets.
    private static func base64(of bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { shift -> [[UInt8]] in
            let padded = [UInt8](repeating: 0, count: shift) + bytes
            var text = [UInt8](repeating: 0, count: (padded.count + 2) / 3 * 4)
            _ = padded.withUnsafeBytes { source in
                text.withUnsafeMutableBytes { Base64.encode(source, into: $0) }
            }
            // Characters that also hold bits of what is before or behind.
            let core = Array(text[(shift * 8 + 5) / 6..<padded.count * 8 / 6])
            let other = core.map {
                $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
            }
            return core == other ? [core] : [core, other]
        }
    }
}

extension KeyMask {
    /// Bytes in lower case, and where each was written.
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

        /// With one layer of escapes read, and without what cannot be part of a key: white space,
        /// and all that is not ASCII.
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

        /// `%41`, `\u0041`, `\x41`, `\/`, `&#65;`, `&#x41;`, `&amp;` and `&colon;`.
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
                // A line break or tab, which is white space, and whatever stands for itself.
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
