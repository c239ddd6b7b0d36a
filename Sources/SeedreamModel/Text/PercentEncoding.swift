/// Percent-encoding, as URLs have it (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// Decodes a text: `%41` is A.
    ///
    /// - Returns: The bytes, which need not be UTF-8, and whether every `%` was followed by two
    ///   hexadecimal digits. Others stay as they are.
    package static func decode(_ text: some Collection<UInt8>) -> (bytes: [UInt8], isValid: Bool) {
        decode(Array(text))
    }

    // Not generic, as texts of some megabytes are decoded.
    private static func decode(_ text: [UInt8]) -> (bytes: [UInt8], isValid: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var isValid = true
        var index = 0
        while index < text.count {
            if text[index] != UInt8(ascii: "%") {
                bytes.append(text[index])
                index += 1
            } else if index + 2 < text.count, let high = digit(text[index + 1]),
                let low = digit(text[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                isValid = false
                index += 1
            }
        }
        return (bytes, isValid)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
