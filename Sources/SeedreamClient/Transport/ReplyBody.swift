/// The body of a reply, in pieces as they arrive. It is read once.
public struct ReplyBody: AsyncSequence, Sendable {
    /// A piece.
    public typealias Element = [UInt8]
    /// As ``AsyncIterator/next(isolation:)`` throws.
    public typealias Failure = any Error

    private let pieces: any AsyncSequence<[UInt8], any Error> & Sendable

    /// Wraps a sequence of pieces.
    public init(_ pieces: some AsyncSequence<[UInt8], any Error> & Sendable) { self.pieces = pieces }

    /// Starts to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces.makeAsyncIterator()) }

    /// Reads piece after piece.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var pieces: any AsyncIteratorProtocol<[UInt8], any Error>

        init(_ pieces: any AsyncIteratorProtocol<[UInt8], any Error>) { self.pieces = pieces }

        /// The next piece; `nil` at the end.
        ///
        /// - Throws: ``TransportError`` where the connection fails or the body is shorter than
        ///   promised; `CancellationError`.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await pieces.next(isolation: actor)
        }
    }
}
