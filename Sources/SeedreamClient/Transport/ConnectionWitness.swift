#if Client
import NIOCore
import Synchronization

/// Sees the connection that a request is given to.
final class ConnectionWitness: Sendable {
    private let eventLoop = Mutex<(any EventLoop)?>(nil)

    /// A connection stands.
    func connected(_ channel: any Channel) { eventLoop.withLock { $0 = channel.eventLoop } }

    /// Whether one ever stood.
    var isConnected: Bool { eventLoop.withLock { $0 != nil } }

    /// Returns when the connection has dealt with what it was given so far, and has said so if it
    /// can take no more.
    ///
    /// AsyncHTTPClient asks for pieces as long as it has not heard of that. On a busy machine it
    /// would put a whole body into memory before the connection has come to its first piece.
    func settle() async {
        guard let loop = eventLoop.withLock({ $0 }) else { return }
        try? await loop.submit {}.get()
    }
}
#endif
