/// The settings for connections.
public struct TransportConfiguration: Sendable {
    /// The proxy between this machine and the providers.
    public enum Proxy: Hashable, Sendable {
        /// No proxy.
        case none
        /// The proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` define, in lower
        /// or upper case. This machine is never called through a proxy.
        case environment
        /// This proxy, for every URL.
        case address(ProxyAddress)
    }

    /// The proxy to use. Default: the proxy of the environment.
    public var proxy = Proxy.environment
    /// The path of a PEM file with certificates to trust in addition to the system's. Default:
    /// `nil`, no additional certificates.
    public var trustRoots: String?
    /// The longest time to establish a connection, in seconds, including name resolution and TLS.
    /// Default: 10; our choice.
    public var connectTimeout = 10.0

    /// Creates the default settings.
    public init() {}
}
