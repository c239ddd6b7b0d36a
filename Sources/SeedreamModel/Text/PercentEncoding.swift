/// Percent-encoding, as URLs have it (RFC 3986, section 2.1).
package enum PercentEncoding {
    /// Decodes a text: `%41` is A.
    ///
    /// - Returns: The bytes, which need not be UTF-8, and whether every `%` was followed by two
    ///   hexadecimal digits. Others stay as they are.
    package static func decode(_ text: some Collection<UInt8>) -> (bytes: [UInt8], isValid: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var isValid = true
        var rest = text[...]
        while let byte = rest.popFirst() {
            let digits = byte == UInt8(ascii: "%") ? rest.prefix(2).compactMap(digit) : []
            if digits.count == 2 {
                bytes.append(digits[0] << 4 | digits[1])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
                isValid = isValid && byte != UInt8(ascii: "%")
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
