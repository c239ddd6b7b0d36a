import SeedreamModel

/// The proxies to use, by URL.
package struct ProxySettings: Sendable {
    private var forHTTP: ProxyAddress?
    private var forHTTPS: ProxyAddress?
    private var exceptions: [Exception] = []
    /// Whether the caller set the proxy, which then applies to this machine too.
    private var isExplicit = false

    private enum Exception: Sendable {
        case everything
        case network(IPAddress, bits: Int)
        /// A domain and all its subdomains, on one port or on all.
        case name(String, port: Int?)
    }

    /// Creates settings without a proxy.
    package init() {}

    /// Creates settings with one proxy for all URLs.
    package init(_ address: ProxyAddress) {
        (forHTTP, forHTTPS, isExplicit) = (address, address, true)
    }

    /// Creates the settings of an environment. Lower-case names take precedence, as in curl; an
    /// empty value counts as missing.
    ///
    /// If `REQUEST_METHOD` is set, `HTTP_PROXY` is ignored: in a CGI script, it comes from the
    /// client's `Proxy` header.
    ///
    /// - Throws: ``RequestError``, which names the variable.
    package init(environment: [String: String]) throws(RequestError) {
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name, name.uppercased()] {
                if name == "HTTP_PROXY", environment["REQUEST_METHOD"] != nil { continue }
                if let text = environment[name], !text.isEmpty { return (name, text) }
            }
            return nil
        }
        func address(_ name: String) throws(RequestError) -> ProxyAddress? {
            guard let (name, text) = value(name) ?? value("all_proxy") else { return nil }
            do {
                return try ProxyAddress(text)
            } catch {
                throw RequestError(field: name, message: error.message, remedy: error.remedy)
            }
        }
        forHTTP = try address("http_proxy")
        forHTTPS = try address("https_proxy")
        exceptions = (value("no_proxy")?.text ?? "").split { $0 == "," || $0.isWhitespace }
            .compactMap(Self.exception)
    }

    /// Returns the proxy for a URL, or `nil` for a direct connection.
    package func proxy(for url: URLParts) -> ProxyAddress? {
        guard let proxy = url.scheme == "https" ? forHTTPS : forHTTP else { return nil }
        if isExplicit { return proxy }
        if url.isLoopback || IPAddress(url.host)?.isLoopback == true { return nil }
        return exceptions.contains { Self.covers($0, url) } ? nil : proxy
    }

    private static func exception(_ text: Substring) -> Exception? {
        if text == "*" { return .everything }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if let address = IPAddress(String(parts[0])) {
            let most =
                switch address {
                case .v4: 32
                case .v6: 128
                }
            guard parts.count == 1 || parts.count == 2 && (0...most).contains(Int(parts[1]) ?? -1) else {
                return nil
            }
            return .network(address, bits: parts.count == 2 ? Int(parts[1]) ?? most : most)
        }
        var name = text.hasPrefix("*.") ? text.dropFirst(2) : text.hasPrefix(".") ? text.dropFirst() : text
        var port: Int?
        if let colon = name.lastIndex(of: ":"), let number = Int(name[name.index(after: colon)...]) {
            port = number
            name = name[..<colon]
        }
        return name.isEmpty ? nil : .name(name.lowercased(), port: port)
    }

    private static func covers(_ exception: Exception, _ url: URLParts) -> Bool {
        switch exception {
        case .everything: true
        case .network(let network, let bits): IPAddress(url.host)?.isWithin(network, bits: bits) ?? false
        case .name(let name, let port):
            (url.host == name || url.host.hasSuffix(".\(name)")) && (port == nil || port == url.port)
        }
    }
}
