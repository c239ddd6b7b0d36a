/// What carries requests: a small protocol, so that an application can put its own HTTP below the client.
///
/// A transport sends each request once. It follows no redirects, keeps no cookies, and decides nothing about retries.
public protocol HTTPTransport: Sendable {
    /// Sends a request and returns as soon as the header of the reply has arrived.
    ///
    /// - Throws: ``TransportError`` that tells whether the request can have arrived; `CancellationError`.
    func send(_ request: OutgoingRequest) async throws -> IncomingReply
}
