/// A request as the providers' code sees it.
struct EmulatedRequest: Sendable {
    var service: Service
    var origin: Origin
    /// The method, in upper case.
    var method: String
    /// The percent-decoded segments of the path, without the service's prefix.
    var path: [String]
    /// The percent-decoded query parameters, in the order received.
    var query: [(name: String, value: String)]
    /// The headers, in the order received.
    var headers: [(name: String, value: String)]
    var body: [UInt8] = []
    /// The request's number in the log.
    var logNumber = 0
    /// The course that fault rules give the job that this request creates.
    var fate = JobFate.normal

    /// Returns the first header with a name, which is compared without regard to case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Returns the first query parameter with a name.
    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Returns the credential of a scheme in `Authorization`; the scheme is compared without regard
    /// to case.
    func credential(scheme: String) -> String? {
        guard let value = header("authorization") else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == scheme.lowercased() else { return nil }
        let key = String(parts[1])
        return key.isEmpty ? nil : key
    }
}

/// The way in which a client addressed the emulator; URLs in the response use the same way.
struct Origin: Hashable, Sendable {
    enum Style: Hashable, Sendable {
        /// By the provider's own host names.
        case hostNames
        /// By the emulator's address and a path prefix.
        case prefixes
    }

    var style: Style
    /// `"http"` or `"https"`.
    var scheme: String
    /// The host and port as the client wrote them.
    var authority: String

    /// Returns the URL of a path on a service.
    func url(_ service: Service, _ path: String, host: String? = nil) -> String {
        switch style {
        case .hostNames: "https://\(host ?? service.hosts[0])/\(path)"
        case .prefixes: "\(scheme)://\(authority)/\(service.prefix.joined(separator: "/"))/\(path)"
        }
    }
}
