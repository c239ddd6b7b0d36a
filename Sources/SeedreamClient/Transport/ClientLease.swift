#if Client
import AsyncHTTPClient
import Synchronization

/// A client of AsyncHTTPClient for one request, and for its reply until that is read.
final class ClientLease: Sendable {
    let client: HTTPClient
    /// Kept as long as a reply is read: it ends its clients when nobody has it any more.
    private let owner: AsyncHTTPTransport
    /// Whether the client was made for this request alone, and goes with it.
    private let isOwn: Bool
    private let connected: Connected?

    /// Remembers whether a connection was made.
    final class Connected: Sendable {
        private let value = Mutex(false)

        func set() { value.withLock { $0 = true } }
        var isSet: Bool { value.withLock { $0 } }
    }

    /// A client that others use as well.
    init(sharing client: HTTPClient, of owner: AsyncHTTPTransport) {
        (self.client, self.owner, isOwn, connected) = (client, owner, false, nil)
    }

    /// A client of its own.
    ///
    /// - Parameter connected: Set by the client when a connection stands, before a byte of the request is given to it.
    init(owning client: HTTPClient, of owner: AsyncHTTPTransport, connected: Connected) {
        (self.client, self.owner, isOwn, self.connected) = (client, owner, true, connected)
    }

    deinit { if isOwn { owner.remove(client) } }

    /// Whether a connection was made that can have been given the request; `nil` where nobody counts.
    var wasConnected: Bool? { connected?.isSet }
}
#endif
