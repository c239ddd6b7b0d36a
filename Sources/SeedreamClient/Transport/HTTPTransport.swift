/// Sends requests. A small protocol, so that an application can use its own HTTP client.
///
/// A transport sends each request once. It follows no redirects, keeps no cookies and makes no
/// retries.
public protocol HTTPTransport: Sendable {
    /// Acquires the resources that every request needs, such as threads, so that their lack is
    /// known before a job is recorded. Default: does nothing.
    ///
    /// - Throws: ``ResourceError`` if the system provides no thread or no descriptor.
    func prepare() throws

    /// Whether another machine, such as a proxy, resolves the URL's host name. If so, the client
    /// neither resolves it nor asks for a certain address. Default: `false`.
    ///
    /// - Parameter url: An absolute http or https URL.
    func isProxied(_ url: String) -> Bool

    /// Sends a request and returns once the header of the reply has arrived.
    ///
    /// - Throws: ``TransportError``, which tells whether the request may have arrived;
    ///   `CancellationError`.
    func send(_ request: OutgoingRequest) async throws -> IncomingReply
}

extension HTTPTransport {
    /// Does nothing.
    public func prepare() throws {}
    /// Returns `false`.
    public func isProxied(_ url: String) -> Bool { false }
}

/// The settings of ``AsyncHTTPTransport``.
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
