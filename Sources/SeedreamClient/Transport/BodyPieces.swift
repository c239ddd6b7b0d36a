#if Client
import NIOCore
import Synchronization

/// A request body for AsyncHTTPClient, which requests a piece when it has room for it.
struct BodyPieces: AsyncSequence, Sendable {
    /// The size of a piece in bytes: NIO's high watermark of a connection, so that one piece is
    /// sent while the next is produced.
    static let size = 65_536

    let body: RequestBody
    let progress: BodyProgress
    let connection: ConnectionObserver?

    /// Returns the whole of a short body.
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
            // The end follows the last piece at once: a server may reply and close the connection
            // in between.
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

/// Detects that a server accepts no more of a body. AsyncHTTPClient's own write timeout watches the
/// producer of the body, not its consumer, and its read timeout starts after the body is sent.
final class BodyProgress: Sendable {
    private enum State {
        case waiting
        /// The time when the last piece was requested, that is, when the previous one had been
        /// sent.
        case moving(ContinuousClock.Instant)
        case done
    }

    private let state = Mutex(State.waiting)

    /// Records that a piece was requested.
    func move() { state.withLock { $0 = .moving(.now) } }

    /// Records that all pieces were sent.
    func end() { state.withLock { $0 = .done } }

    /// Returns once all pieces are sent.
    ///
    /// - Throws: `stalled` if no piece was sent for `limit` seconds; `CancellationError`.
    func watch(limit: Double, stalled: TransportError) async throws {
        while true {
            var wakeUp = ContinuousClock.now + .seconds(limit)
            switch state.withLock({ $0 }) {
            case .done: return
            case .waiting: break
            case .moving(let last):
                wakeUp = last + .seconds(limit)
                if wakeUp <= .now { throw stalled }
            }
            try await Deadline.sleep(until: wakeUp)
        }
    }
}

/// Observes the connection that a request is given to.
final class ConnectionObserver: Sendable {
    private let eventLoop = Mutex<(any EventLoop)?>(nil)

    /// Records that a connection was established.
    func connected(_ channel: any Channel) { eventLoop.withLock { $0 = channel.eventLoop } }

    /// Whether a connection was ever established.
    var isConnected: Bool { eventLoop.withLock { $0 != nil } }

    /// Returns once the connection has processed all earlier pieces, and has signalled if it can
    /// accept no more.
    ///
    /// AsyncHTTPClient requests pieces until it receives that signal. On a busy machine it would
    /// otherwise hold a whole body in memory before the connection processes its first piece.
    func settle() async {
        guard let loop = eventLoop.withLock({ $0 }) else { return }
        try? await loop.submit {}.get()
    }
}
#endif
