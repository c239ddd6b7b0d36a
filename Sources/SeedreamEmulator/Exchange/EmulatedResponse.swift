import SeedreamModel

/// A response as the providers' code creates it, before any fault is applied.
struct EmulatedResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Server-sent events, each without the blank line that ends it.
        case events(AsyncStream<String>)
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: Body
    /// The ID by which the log, the ledger and the client know the request.
    var requestID: String?

    /// Creates a JSON response.
    static func json(
        _ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = [],
        requestID: String? = nil
    ) -> EmulatedResponse {
        EmulatedResponse(
            status: status, headers: [("Content-Type", "application/json")] + headers,
            body: .bytes(value.bytes), requestID: requestID)
    }

    /// Creates a text response of any media type.
    static func text(_ text: String, type: String, status: Int = 200) -> EmulatedResponse {
        EmulatedResponse(status: status, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8)))
    }

    /// Creates a response of server-sent events.
    static func events(_ events: AsyncStream<String>, requestID: String? = nil) -> EmulatedResponse {
        EmulatedResponse(
            status: 200, headers: [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")],
            body: .events(events), requestID: requestID)
    }

    /// Creates a response without a body.
    static func empty(status: Int) -> EmulatedResponse {
        EmulatedResponse(status: status, body: .bytes([]))
    }

    /// Returns the first header with a name, which is compared without regard to case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
