public import HTTPTypes

/// A reply whose body has not arrived completely.
public struct IncomingReply: Sendable {
    /// Status code and header fields.
    public var head: HTTPResponse
    /// The body. Unless it is read to the end, the connection is closed.
    public var body: ReplyBody

    /// Creates a reply.
    public init(head: HTTPResponse, body: ReplyBody) {
        self.head = head
        self.body = body
    }
}

/// The body of a reply, in pieces as they arrive. It can be read once.
public struct ReplyBody: AsyncSequence, Sendable {
    /// A piece of the body.
    public typealias Element = [UInt8]
    /// The errors of ``AsyncIterator/next(isolation:)``.
    public typealias Failure = any Error

    private let pieces: any AsyncSequence<[UInt8], any Error> & Sendable

    /// Creates a body from a sequence of pieces.
    public init(_ pieces: some AsyncSequence<[UInt8], any Error> & Sendable) { self.pieces = pieces }

    /// Returns an iterator over the pieces.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces.makeAsyncIterator()) }

    /// The iterator over the pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var pieces: any AsyncIteratorProtocol<[UInt8], any Error>

        init(_ pieces: any AsyncIteratorProtocol<[UInt8], any Error>) { self.pieces = pieces }

        /// Returns the next piece, or `nil` at the end.
        ///
        /// - Throws: ``TransportError`` if the connection fails or the body is shorter than
        ///   announced; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await pieces.next(isolation: actor)
        }
    }
}
