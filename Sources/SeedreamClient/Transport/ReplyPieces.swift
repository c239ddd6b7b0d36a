#if Client
import AsyncHTTPClient
import NIOCore

/// The body of a reply from AsyncHTTPClient. Maps its errors, checks its length and ends it at the
/// deadline.
struct ReplyPieces: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    /// Held until the last piece is read or the reader is released.
    let lease: ClientLease
    let failures: TransportErrorMapper
    /// The length that `Content-Length` announces.
    let expected: Int?
    let deadline: ContinuousClock.Instant?

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        private let pieces: ReplyPieces
        private let source: Source
        private var received = 0

        init(_ pieces: ReplyPieces) {
            self.pieces = pieces
            source = Source(pieces.body.makeAsyncIterator())
        }

        mutating func next() async throws -> [UInt8]? {
            let piece: ByteBuffer?
            do {
                piece = try await timedPiece()
            } catch {
                throw Task.isCancelled
                    ? CancellationError() : pieces.failures.error(for: error, mayHaveArrived: true)
            }
            guard let piece else {
                // A source whose task was cancelled ends as if it were complete.
                try Task.checkCancellation()
                if let expected = pieces.expected, received != expected {
                    throw TransportError(
                        .connectionLost, mayHaveArrived: true,
                        message: "\(pieces.failures.host): expected \(expected) bytes, found \(received)")
                }
                return nil
            }
            received += piece.readableBytes
            return Array(piece.readableBytesView)
        }

        private func timedPiece() async throws -> ByteBuffer? {
            guard let deadline = pieces.deadline else { return try await source.next() }
            let failures = pieces.failures
            return try await withThrowingTaskGroup(of: ByteBuffer?.self) { [source] group in
                group.addTask { try await source.next() }
                group.addTask {
                    try await Task.sleep(until: deadline, clock: .continuous)
                    throw failures.outOfTime
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
    }

    /// `@unchecked Sendable`: an iterator has one reader, which waits for each piece before it
    /// requests the next.
    private final class Source: @unchecked Sendable {
        private var iterator: HTTPClientResponse.Body.AsyncIterator

        init(_ iterator: HTTPClientResponse.Body.AsyncIterator) { self.iterator = iterator }

        @concurrent
        func next() async throws -> ByteBuffer? { try await iterator.next() }
    }
}

/// An AsyncHTTPClient client for one request, held until its reply is read.
final class ClientLease: Sendable {
    let client: HTTPClient
    /// Held while a reply is read: the transport shuts its clients down when it is released.
    private let owner: AsyncHTTPTransport
    /// Whether the client was created for this request only and is shut down with it.
    private let isOwn: Bool
    /// The observer of the connection; `nil` for a shared client.
    let connection: ConnectionObserver?

    /// Creates a lease of a shared client.
    init(sharing client: HTTPClient, of owner: AsyncHTTPTransport) {
        (self.client, self.owner, isOwn, connection) = (client, owner, false, nil)
    }

    /// Creates a lease of a client for one request.
    ///
    /// - Parameter connection: Notified by the client once a connection is established, before a
    ///   byte of the request is written.
    init(owning client: HTTPClient, of owner: AsyncHTTPTransport, connection: ConnectionObserver) {
        (self.client, self.owner, isOwn, self.connection) = (client, owner, true, connection)
    }

    deinit { if isOwn { owner.remove(client) } }

    /// Whether a connection was established that may have been given the request; `nil` if unknown.
    var wasConnected: Bool? { connection?.isConnected }
}
#endif
