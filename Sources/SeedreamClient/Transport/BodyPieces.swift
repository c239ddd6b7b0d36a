#if Client
import NIOCore

/// A request body for AsyncHTTPClient, which asks for a piece when it has room for it.
struct BodyPieces: AsyncSequence, Sendable {
    /// Bytes of a piece: NIO's own high watermark of a connection, so that one piece is on its way while the next is made.
    static let size = 65_536

    let body: RequestBody
    let progress: BodyProgress

    func makeAsyncIterator() -> Iterator { Iterator(reader: body.makeReader(), progress: progress) }

    struct Iterator: AsyncIteratorProtocol {
        var reader: RequestBodyReader
        let progress: BodyProgress

        mutating func next() async throws -> ByteBuffer? {
            progress.move()
            var buffer = ByteBufferAllocator().buffer(capacity: BodyPieces.size)
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: BodyPieces.size) {
                reader.read(into: $0)
            }
            if count > 0 { return buffer }
            progress.end()
            return nil
        }
    }
}
#endif
