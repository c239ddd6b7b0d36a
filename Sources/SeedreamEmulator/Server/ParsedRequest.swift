#if Emulator
import HTTPTypes
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The head of a request, with its destination.
struct ParsedRequest: Sendable {
    let method: String
    /// The percent-decoded segments of the path.
    let path: [String]
    /// The request without its body. `nil` if the path belongs to no service, or if the host name
    /// is neither this machine's nor a provider's: a foreign name that resolves to this machine
    /// (DNS rebinding) must reach nothing.
    let request: EmulatedRequest?
    /// Whether the host is this machine's own address and the request does not come from a foreign
    /// web page. Only then are the page and the control paths available; pages of other names and
    /// of other local ports cannot reach them.
    let isLocal: Bool
    private let target: String
    private let headers: [(name: String, value: String)]

    init(_ head: HTTPRequest, isSecure: Bool) {
        method = head.method.rawValue
        let authority = head.authority ?? ""
        let raw = head.path.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        target = authority + raw
        let parts = raw.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/").map(Self.decoded)
        self.path = path
        headers = head.headerFields.map { ($0.name.rawName, $0.value) }
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Self.formValue(sides[0]), value: sides.count > 1 ? Self.formValue(sides[1]) : "")
        }
        let host = Self.host(of: authority)
        let isHere = host.map { ["127.0.0.1", "localhost", "[::1]"].contains($0) } ?? false
        isLocal = isHere && Self.isOwnPage(head, at: "\(isSecure ? "https" : "http")://\(authority)")
        let service: Service?
        let origin: Origin
        let inner: [String]
        if let host, let named = Service.named(host) {
            service = named
            origin = Origin(style: .hostNames, scheme: "https", authority: authority)
            inner = path
        } else {
            service = isHere ? Service.prefixing(path) : nil
            origin = Origin(style: .prefixes, scheme: isSecure ? "https" : "http", authority: authority)
            inner = Array(path.dropFirst(service?.prefix.count ?? 0))
        }
        request = service.map {
            EmulatedRequest(
                service: $0, origin: origin, method: head.method.rawValue, path: inner, query: query,
                headers: head.headerFields.map { ($0.name.rawName, $0.value) })
        }
    }

    /// Returns the host of `name`, `name:port`, `[address]` or `[address]:port` in lower case;
    /// `nil` for anything else, such as user information.
    private static func host(of authority: String) -> String? {
        let isAddress = authority.hasPrefix("[")
        let end =
            isAddress
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let end else { return nil }
        let host = authority[..<end]
        let (allowed, rest) = (isAddress ? "[]:." : "._-", authority[end...])
        guard !host.isEmpty,
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || allowed.contains($0) }),
            rest.isEmpty || rest.first == ":" && rest.dropFirst().allSatisfy({ ("0"..."9").contains($0) })
        else { return nil }
        return host.lowercased()
    }

    /// Returns whether the request comes from no web page, or from a page of `origin`. Browsers
    /// identify the page in `Origin`, or, if they omit that, in `Sec-Fetch-Site` (W3C, Fetch
    /// Metadata). A person may follow a link from anywhere.
    private static func isOwnPage(_ head: HTTPRequest, at origin: String) -> Bool {
        func field(_ name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }
        guard head.headerFields[values: .origin].allSatisfy({ $0.lowercased() == origin.lowercased() }) else {
            return false
        }
        guard let site = field("Sec-Fetch-Site"), !["same-origin", "none"].contains(site) else { return true }
        return head.method == .get && field("Sec-Fetch-Mode") == "navigate"
            && field("Sec-Fetch-Dest") == "document"
    }

    /// Decodes percent-encoding; a text that is not valid stays as it is.
    private static func decoded(_ text: Substring) -> String {
        let (bytes, isValid) = PercentEncoding.decode(text.utf8)
        return isValid ? String(validating: bytes, as: UTF8.self) ?? String(text) : String(text)
    }

    /// Decodes a form value, in which `+` is a space.
    private static func formValue(_ text: Substring) -> String {
        decoded(Substring(text.map { $0 == "+" ? " " : $0 }))
    }

    /// Returns the request's entry in the log, with values that carry a key redacted.
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
