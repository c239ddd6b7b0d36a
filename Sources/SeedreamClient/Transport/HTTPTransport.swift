/// What carries requests: a small protocol, so that an application can put its own HTTP below the
/// client.
///
/// A transport sends each request once. It follows no redirects, keeps no cookies, and decides
/// nothing about retries.
public protocol HTTPTransport: Sendable {
    /// Gets what every request needs, such as threads, so that its absence is known before a job is
    /// recorded. Does nothing by default.
    ///
    /// - Throws: ``ResourceError`` where the system gives no thread or no descriptor.
    func prepare() throws

    /// Whether something else than this machine finds the addresses of names, as a proxy does. The
    /// client then neither resolves the URL's name nor asks for a certain address. `false` by
    /// default.
    ///
    /// - Parameter url: An absolute http or https URL.
    func isProxied(_ url: String) -> Bool

    /// Sends a request and returns as soon as the header of the reply has arrived.
    ///
    /// - Throws: ``TransportError`` that tells whether the request can have arrived;
    ///   `CancellationError`.
    func send(_ request: OutgoingRequest) async throws -> IncomingReply
}

extension HTTPTransport {
    /// Does nothing.
    public func prepare() throws {}
    /// `false`.
    public func isProxied(_ url: String) -> Bool { false }
}
