/// The parts of an absolute http or https URL that the client has to look at. Strict: what it does
/// not understand is no URL.
package struct URLParts: Hashable, Sendable {
    /// `http` or `https`.
    package var scheme: String
    /// In lower case, an IPv6 address without its brackets.
    package var host: String
    /// The port, the scheme's own if none is written.
    package var port: Int
    /// Path and query, beginning with `/`; no fragment.
    package var path: String
    /// Whether the host is an IPv6 address in brackets.
    package var isIPv6: Bool

    /// Scheme, host and port: what must be the same for a key to be sent along.
    package var origin: String { "\(scheme)://\(host):\(port)" }
    /// Host and port as `Host` has them.
    package var authority: String {
        let name = isIPv6 ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Reads a URL; `nil` for another scheme, user information, an empty host, control characters,
    /// spaces, or characters beyond ASCII.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return nil }
        let lower = text.prefix(8).lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            (scheme, rest) = ("https", text.dropFirst(8))
        } else if lower.hasPrefix("http://") {
            (scheme, rest) = ("http", text.dropFirst(7))
        } else {
            return nil
        }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        var digits: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
            isIPv6 = true
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            digits = after.isEmpty ? nil : after.dropFirst()
        } else {
            let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let name = parts.first, !name.isEmpty,
                name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" })
            else { return nil }
            host = name.lowercased()
            isIPv6 = false
            digits = parts.count == 2 ? parts[1] : nil
        }
        if let digits {
            guard let number = Int(digits), (1...65_535).contains(number), digits.allSatisfy(\.isNumber)
            else { return nil }
            port = number
        } else {
            port = scheme == "https" ? 443 : 80
        }
        var tail = rest[end...]
        if let fragment = tail.firstIndex(of: "#") { tail = tail[..<fragment] }
        path = tail.hasPrefix("/") ? String(tail) : "/\(tail)"
    }

    /// Whether it is this machine: a loopback address, or `localhost`.
    package var isLoopback: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }

    /// Percent-encodes a value of a query, as form encoding does but for a space: letters, digits
    /// and `-._~` stay.
    package static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.append(Character(UnicodeScalar(byte)))
            default:
                let digits = Array("0123456789ABCDEF")
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
