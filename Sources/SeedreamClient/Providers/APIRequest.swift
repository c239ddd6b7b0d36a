package import HTTPTypes

/// A call to a host, before the key is added.
package struct APIRequest: Sendable {
    /// As `fal.submit`: the name in errors and logs.
    package var operation: APIOperation
    /// The HTTP method.
    package var method: HTTPRequest.Method
    /// The whole URL, with its query.
    package var url: String
    /// Without `Authorization`, `Host`, `User-Agent` and `Content-Length`.
    package var fields: HTTPFields
    /// What is sent.
    package var body: RequestBody
    /// Whether the host's key goes along. It is left out all the same where the URL is none of the
    /// host's API.
    package var isKeyed: Bool
    /// The most bytes of the reply's body.
    package var maximumReply: Int

    package init(
        operation: APIOperation, method: HTTPRequest.Method, url: String, fields: HTTPFields = [:],
        body: RequestBody = RequestBody(),
        isKeyed: Bool = true, maximumReply: Int = 1 << 20
    ) {
        self.operation = operation
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.isKeyed = isKeyed
        self.maximumReply = maximumReply
    }
}
