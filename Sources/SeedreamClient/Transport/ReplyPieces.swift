#if Client
import AsyncHTTPClient
import NIOCore

/// The body of a reply from AsyncHTTPClient: its errors are ours, its length is checked, and it
/// ends when the time is up.
struct ReplyPieces: AsyncSequence, Sendable {
    let body: HTTPClientResponse.Body
    /// Kept until the last piece is read, or nobody wants one any more.
    let lease: ClientLease
    let failures: FailureReader
    /// What `Content-Length` promises.
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
                // A source whose task was cancelled ends as if it were done.
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

    /// `@unchecked Sendable`: an iterator has one reader, who waits for each piece before asking
    /// for the next.
    private final class Source: @unchecked Sendable {
        private var iterator: HTTPClientResponse.Body.AsyncIterator

        init(_ iterator: HTTPClientResponse.Body.AsyncIterator) { self.iterator = iterator }

        @concurrent
        func next() async throws -> ByteBuffer? { try await iterator.next() }
    }
}
#endif
