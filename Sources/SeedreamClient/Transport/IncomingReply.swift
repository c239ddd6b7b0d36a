public import HTTPTypes

/// A reply whose body is still arriving.
public struct IncomingReply: Sendable {
    /// Status code and header fields.
    public var head: HTTPResponse
    /// The body. Not to read it to its end closes the connection.
    public var body: ReplyBody

    /// Makes a reply.
    public init(head: HTTPResponse, body: ReplyBody) {
        self.head = head
        self.body = body
    }
}
