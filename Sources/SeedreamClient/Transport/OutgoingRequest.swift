public import HTTPTypes

/// A request as it goes out.
public struct OutgoingRequest: Sendable {
    /// Method, URL and header fields. `Content-Length` and `Host` are the transport's to set.
    public var head: HTTPRequest
    /// Streamed with its exact length.
    public var body: RequestBody
    /// The longest silence of the host, in seconds: 60 for calls that are answered at once, 600 for
    /// paid synchronous ones.
    public var readTimeout: Double
    /// The longest time that the connection takes no byte, in seconds.
    public var writeTimeout: Double
    /// The longest time of all, in seconds, until the last byte of the reply; `nil`: none.
    public var totalTimeout: Double?
    /// Whether a connection of its own is made for it. One that was used before may be closed by
    /// the host at the very moment, and then nobody knows whether the request arrived.
    public var needsFreshConnection: Bool
    /// The only address that may be connected to, as an IP address; `nil`: what the host's name
    /// resolves to.
    public var pinnedAddress: String?

    /// Makes a request.
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
    /// The `User-Agent` of every request.
    package static let userAgent = "seedreamkit/0.1.0"
}

extension HTTPFields {
    /// Sets a field that HTTPTypes has no constant for. An invalid field name is ignored.
    mutating func put(_ value: String, as name: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
