public import HTTPTypes
import SeedreamModel

/// A request to send.
public struct OutgoingRequest: Sendable {
    /// Method, URL and header fields. The transport sets `Content-Length` and `Host`.
    public var head: HTTPRequest
    /// The body, streamed with its exact length.
    public var body: RequestBody
    /// The longest time without a byte from the server, in seconds: 60 for calls that return at
    /// once, 600 for paid synchronous ones.
    public var readTimeout: Double
    /// The longest time in which the connection accepts no byte, in seconds.
    public var writeTimeout: Double
    /// The longest time until the last byte of the reply, in seconds; `nil` for no limit.
    public var totalTimeout: Double?
    /// Whether the request needs a new connection. The server may close a reused one just as we
    /// write, which leaves the outcome unknown.
    public var needsFreshConnection: Bool
    /// The only IP address to connect to; `nil` to use the addresses that the host name resolves
    /// to.
    public var pinnedAddress: String?

    /// Creates a request.
    public init(
        head: HTTPRequest, body: RequestBody = RequestBody(), readTimeout: Double = 60,
        writeTimeout: Double = 60,
        totalTimeout: Double? = nil, needsFreshConnection: Bool = false, pinnedAddress: String? = nil
    ) {
        self.head = head
        self.body = body
        self.readTimeout = readTimeout
        self.writeTimeout = writeTimeout
        self.totalTimeout = totalTimeout
        self.needsFreshConnection = needsFreshConnection
        self.pinnedAddress = pinnedAddress
    }
}

extension OutgoingRequest {
    /// The `User-Agent` of every request, and the toolkit in sidecars.
    package static let userAgent = "seedreamkit/\(SeedreamVersion.current)"
}

extension HTTPFields {
    /// Sets a field that HTTPTypes has no constant for. An invalid field name is ignored.
    mutating func put(_ value: String, as name: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
