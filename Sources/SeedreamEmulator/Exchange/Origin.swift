/// How a client has addressed the emulator, so that the URLs it is given lead back the same way.
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
    /// Host and port as the client wrote them.
    var authority: String

    /// The URL of a path on a service.
    func url(_ service: Service, _ path: String, host: String? = nil) -> String {
        switch style {
        case .hostNames: "https://\(host ?? service.hosts[0])/\(path)"
        case .prefixes: "\(scheme)://\(authority)/\(service.prefix.joined(separator: "/"))/\(path)"
        }
    }
}
