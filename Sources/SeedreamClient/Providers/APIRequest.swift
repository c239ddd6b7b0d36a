package import HTTPTypes

/// A call to a provider, before the key is added.
package struct APIRequest: Sendable {
    /// The operation, named in errors and logs, such as `fal.submit`.
    package var operation: APIOperation
    /// The HTTP method.
    package var method: HTTPRequest.Method
    /// The complete URL, with its query.
    package var url: String
    /// The header fields, without `Authorization`, `Host`, `User-Agent` and `Content-Length`.
    package var fields: HTTPFields
    /// The body.
    package var body: RequestBody
    /// Whether the provider's key is sent. It is never sent to a URL outside the provider's API.
    package var isKeyed: Bool
    /// The maximum length of the reply's body in bytes.
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

/// Sends requests that cost nothing, with retries.
package protocol APICaller: Sendable {
    /// Returns the reply, with any status code. Statuses that allow a retry are returned only after
    /// all retries failed.
    ///
    /// - Throws: ``ClientError`` if no reply arrived; `CancellationError`.
    func call(_ request: APIRequest) async throws -> HTTPReply
}
