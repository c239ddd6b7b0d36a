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
