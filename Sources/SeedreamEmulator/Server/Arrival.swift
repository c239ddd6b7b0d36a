#if Emulator
import Foundation
import HTTPTypes

/// The head of a request, and where it wants to go.
struct Arrival: Sendable {
    let method: String
    /// Percent-decoded segments.
    let path: [String]
    /// Without a body; `nil` where neither the host nor the path leads to a service.
    let request: EmulatedRequest?
    /// Whether the host is this machine's own address, and so is the web page that calls, if one does: only then are the page and
    /// the control paths there, so that no web page of another name reaches them.
    let isLocal: Bool
    private let target: String
    private let headers: [(name: String, value: String)]

    init(_ head: HTTPRequest, isSecure: Bool) {
        method = head.method.rawValue
        let authority = head.authority ?? ""
        let raw = head.path.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        target = authority + raw
        let parts = raw.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        self.path = path
        headers = head.headerFields.map { ($0.name.rawName, $0.value) }
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Self.decoded(sides[0]), value: sides.count > 1 ? Self.decoded(sides[1]) : "")
        }
        let host = Self.host(of: authority[...])
        isLocal =
            Self.isLocal(host)
            && head.headerFields[values: .origin].allSatisfy { origin in
                origin.firstRange(of: "://").map { Self.isLocal(Self.host(of: origin[$0.upperBound...])) }
                    ?? false
            }
        let service: Service?
        let origin: Origin
        let inner: [String]
        if let named = Service.named(host) {
            service = named
            origin = Origin(style: .hostNames, scheme: "https", authority: authority)
            inner = path
        } else {
            service = Service.prefixing(path)
            origin = Origin(style: .prefixes, scheme: isSecure ? "https" : "http", authority: authority)
            inner = Array(path.dropFirst(service?.prefix.count ?? 0))
        }
        request = service.map {
            EmulatedRequest(
                service: $0, origin: origin, method: head.method.rawValue, path: inner, query: query,
                headers: head.headerFields.map { ($0.name.rawName, $0.value) })
        }
    }

    /// The host of an authority, without the port.
    private static func host(of authority: Substring) -> String {
        authority.hasPrefix("[")
            ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
    }

    private static func isLocal(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "[::1]"].contains(host.lowercased())
    }

    /// Form decoding: `+` is a space.
    private static func decoded(_ text: Substring) -> String {
        let spaced = String(text.map { $0 == "+" ? " " : $0 })
        return spaced.removingPercentEncoding ?? spaced
    }

    /// For the log, without what carries a key.
    func record(provider: EmulatedProvider, operation: String?) -> RecordedRequest {
        let secrets: Set<String> = ["authorization", "x-api-key", "proxy-authorization"]
        return RecordedRequest(
            number: 0, receivedAt: Date().timeIntervalSince1970, provider: provider, operation: operation,
            method: method, target: target,
            headers: headers.map {
                [$0.name, secrets.contains($0.name.lowercased()) ? "redacted" : $0.value]
            })
    }
}
#endif
