package import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The parts of an absolute http or https URL that the client needs. Parsing is strict: it rejects
/// everything that it does not understand.
package struct URLParts: Hashable, Sendable {
    /// The scheme: `http` or `https`.
    package var scheme: String
    /// The host in lower case; an IPv6 address without its brackets.
    package var host: String
    /// The port. Default: the default port of the scheme.
    package var port: Int
    /// The path and query, starting with `/`; no fragment.
    package var path: String
    /// Whether the host is an IPv6 address.
    package var isIPv6: Bool

    /// Scheme, host and port. A key is only sent to the origin that it belongs to.
    package var origin: String { "\(scheme)://\(host):\(port)" }
    /// Host and port as in the `Host` header field.
    package var authority: String {
        let name = isIPv6 ? "[\(host)]" : host
        return port == (scheme == "https" ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Parses a URL. Returns `nil` for another scheme, user information, an empty host, control
    /// characters, spaces, backslashes and non-ASCII characters.
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

    /// Whether the host is this machine: a loopback address, or `localhost`.
    package var isLoopback: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }

    /// Percent-encodes a query value as form encoding does, except that a space becomes `%20`:
    /// letters, digits and `-._~` stay.
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

extension URLParts {
    /// The URL for error messages, without its query, which may grant access.
    package var shown: String { "\(scheme)://\(authority)\(path.prefix { $0 != "?" })" }

    /// The whole URL.
    package var text: String { "\(scheme)://\(authority)\(path)" }

    /// Returns the head of a request for the URL.
    package func head(_ method: HTTPRequest.Method, _ fields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: method, scheme: scheme, authority: authority, path: path, headerFields: fields)
    }

    /// The target of a reply's redirect.
    package enum Redirection: Hashable, Sendable {
        /// The reply is not a redirect.
        case none
        case to(URLParts)
        /// The redirect must not be followed. The value explains why.
        case refused(String)
    }

    /// Returns the redirect of a reply. Only http and https targets are followed, and never from
    /// https to http.
    package func redirection(in head: HTTPResponse) -> Redirection {
        guard [301, 302, 303, 307, 308].contains(head.status.code),
            let location = head.headerFields[.location]
        else { return .none }
        guard let base = URL(string: text), let joined = URL(string: location, relativeTo: base),
            let target = URLParts(joined.absoluteString)
        else { return .refused("expected a redirect to an http or https URL, found something else") }
        if scheme == "https", target.scheme == "http" {
            return .refused("expected a redirect to https, found http://\(target.authority)")
        }
        return .to(target)
    }
}
