import SeedreamModel

/// An answer as a provider's code gives it, before any fault befalls it.
struct EmulatedResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Server-sent events, each without its blank line.
        case events(AsyncStream<String>)
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: Body
    /// The id by which the log, the ledger and the client know the request.
    var requestID: String?

    /// JSON.
    static func json(
        _ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = [],
        requestID: String? = nil
    ) -> EmulatedResponse {
        EmulatedResponse(
            status: status, headers: [("Content-Type", "application/json")] + headers,
            body: .bytes(value.bytes), requestID: requestID)
    }

    /// Text of any kind.
    static func text(_ text: String, type: String, status: Int = 200) -> EmulatedResponse {
        EmulatedResponse(status: status, headers: [("Content-Type", type)], body: .bytes(Array(text.utf8)))
    }

    /// Server-sent events.
    static func events(_ events: AsyncStream<String>, requestID: String? = nil) -> EmulatedResponse {
        EmulatedResponse(
            status: 200, headers: [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")],
            body: .events(events), requestID: requestID)
    }

    /// No body.
    static func empty(status: Int) -> EmulatedResponse {
        EmulatedResponse(status: status, body: .bytes([]))
    }

    /// The first header of that name, in any case of letters.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
