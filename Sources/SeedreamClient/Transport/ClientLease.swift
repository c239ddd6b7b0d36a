#if Client
import AsyncHTTPClient

/// A client of AsyncHTTPClient for one request, and for its reply until that is read.
final class ClientLease: Sendable {
    let client: HTTPClient
    /// Kept as long as a reply is read: it ends its clients when nobody has it any more.
    private let owner: AsyncHTTPTransport
    /// Whether the client was made for this request alone, and goes with it.
    private let isOwn: Bool
    /// What is known of the connection of a client of its own.
    let connection: ConnectionWitness?

    /// A client that others use as well.
    init(sharing client: HTTPClient, of owner: AsyncHTTPTransport) {
        (self.client, self.owner, isOwn, connection) = (client, owner, false, nil)
    }

    /// A client of its own.
    ///
    /// - Parameter connection: Told by the client when a connection stands, before a byte of the
    ///   request is given to it.
    init(owning client: HTTPClient, of owner: AsyncHTTPTransport, connection: ConnectionWitness) {
        (self.client, self.owner, isOwn, self.connection) = (client, owner, true, connection)
    }

    deinit { if isOwn { owner.remove(client) } }

    /// Whether a connection was made that can have been given the request; `nil` where nobody
    /// counts.
    var wasConnected: Bool? { connection?.isConnected }
}
#endif
