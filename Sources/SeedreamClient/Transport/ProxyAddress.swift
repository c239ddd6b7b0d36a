import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The address of a proxy. Its password is never printed.
public struct ProxyAddress: Hashable, Sendable {
    /// The protocol of a proxy.
    public enum Kind: String, Hashable, Sendable {
        /// HTTP with `CONNECT`, also for http URLs.
        case http
        /// SOCKS 5 without a password. The proxy resolves host names.
        case socks5
    }

    /// The protocol.
    public let kind: Kind
    /// The host name or IP address.
    public let host: String
    /// The port. Default: 80, or 1080 for SOCKS.
    public let port: Int
    package let user: String?
    package let password: String?

    /// User and password as in `Proxy-Authorization: Basic`; `nil` if there are none.
    package var credentials: String? {
        user.map { Data("\($0):\(password ?? "")".utf8).base64EncodedString() }
    }

    /// Parses `http://[user[:password]@]host[:port]`, `socks5://host[:port]`, or `host:port`. User
    /// and password may be percent-encoded.
    ///
    /// - Throws: ``RequestError`` for the field `proxy`. It does not contain the text.
    public init(_ text: String) throws(RequestError) {
        func refused(_ message: String) -> RequestError {
            RequestError(
                field: "proxy", message: message, hint: "give it as http://[user:password@]host:port")
        }
        var scheme = "http"
        var rest = text[...]
        if let end = text.firstRange(of: "://") {
            scheme = text[..<end.lowerBound].lowercased()
            rest = text[end.upperBound...]
        }
        switch scheme {
        case "http": kind = .http
        case "socks5", "socks5h", "socks": kind = .socks5
        case "https": throw refused("expected an http or socks5 proxy, found https")
        default: throw refused("expected an http or socks5 proxy, found another scheme")
        }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let secret = Self.decoded(parts.dropFirst().first ?? "")
            else { throw refused("expected percent-encoded user and password") }
            (user, password) = (name, secret)
            rest = rest[rest.index(after: at)...]
        } else {
            (user, password) = (nil, nil)
        }
        guard kind == .http || user == nil else {
            throw refused("expected a SOCKS proxy without user and password")
        }
        guard let parts = URLParts("http://\(rest)"), parts.path == "/" else {
            throw refused("expected host and port")
        }
        host = parts.host
        let namesPort = rest.drop { $0 != "]" }.contains(":") || !rest.hasPrefix("[") && rest.contains(":")
        port = namesPort || kind == .http ? parts.port : 1080
    }

    private static func decoded(_ text: Substring) -> String? {
        let (bytes, isValid) = PercentEncoding.decode(text.utf8)
        guard isValid else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension ProxyAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL without user and password: `"http://proxy.example:3128"`.
    public var description: String {
        "\(kind.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
    /// The same text as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
