#if Client
import NIOCore

/// A request body for AsyncHTTPClient, which asks for a piece when it has room for it.
struct BodyPieces: AsyncSequence, Sendable {
    /// Bytes of a piece: NIO's own high watermark of a connection, so that one piece is on its way
    /// while the next is made.
    static let size = 65_536

    let body: RequestBody
    let progress: BodyProgress
    let connection: ConnectionWitness?

    /// All of a short body.
    static func whole(_ body: RequestBody) -> ByteBuffer {
        var reader = body.makeReader()
        var buffer = ByteBufferAllocator().buffer(capacity: size)
        while buffer.readableBytes < body.length, next(&reader, into: &buffer) > 0 {}
        return buffer
    }

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    private static func next(_ reader: inout RequestBodyReader, into buffer: inout ByteBuffer) -> Int {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { reader.read(into: $0) }
    }

    struct Iterator: AsyncIteratorProtocol {
        private let pieces: BodyPieces
        private var reader: RequestBodyReader
        private var left: Int

        init(_ pieces: BodyPieces) {
            self.pieces = pieces
            reader = pieces.body.makeReader()
            left = pieces.body.length
        }

        mutating func next() async throws -> ByteBuffer? {
            // The end follows the last piece at once: a host may answer and hang up in between.
            guard left > 0 else {
                pieces.progress.end()
                return nil
            }
            await pieces.connection?.settle()
            pieces.progress.move()
            var buffer = ByteBufferAllocator().buffer(capacity: BodyPieces.size)
            let count = BodyPieces.next(&reader, into: &buffer)
            left = count > 0 ? left - count : 0
            return count > 0 ? buffer : nil
        }
    }
}
#endif
