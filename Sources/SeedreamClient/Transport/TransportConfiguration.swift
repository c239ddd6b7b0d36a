/// How connections are made.
public struct TransportConfiguration: Sendable {
    /// What stands between this machine and the hosts.
    public enum Proxy: Hashable, Sendable {
        /// Nothing.
        case none
        /// What `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in lower or upper
        /// case. This machine is never called through one.
        case environment
        /// This one, for every URL.
        case address(ProxyAddress)
    }

    /// Which proxy is used. That of the environment by default.
    public var proxy = Proxy.environment
    /// A file of certificates in PEM that are trusted as well as the system's; `nil`, the default,
    /// adds none.
    public var trustRoots: String?
    /// The longest time until a connection stands, in seconds, name and TLS included. 10 by
    /// default; ours.
    public var connectTimeout = 10.0

    /// Makes the defaults.
    public init() {}
}
