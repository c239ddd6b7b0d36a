import SeedreamModel

/// The server side of a provider's API.
protocol ProviderServer: Sendable {
    /// Returns the operation that a request asks for; `nil` if the provider has no such path.
    /// Depends on the method, service and path only.
    func route(_ request: EmulatedRequest) -> Route?
    /// Returns the provider's own response for an error that the request did not cause, such as 404
    /// for a path, 500 or 503.
    func failure(status: Int) -> EmulatedResponse
    /// Returns the provider's own response for an unknown path. Default: ``failure(status:)`` with
    /// 404, for providers whose response does not name the path.
    func notFound(_ request: EmulatedRequest) -> EmulatedResponse
    /// Returns the prompt in a body, for fault rules that match prompts. Default: the member
    /// `prompt`.
    func prompt(in body: JSONValue) -> String?
}

extension ProviderServer {
    func notFound(_ request: EmulatedRequest) -> EmulatedResponse { failure(status: 404) }

    func prompt(in body: JSONValue) -> String? { body["prompt"]?.string }
}

/// An operation of a provider: its name in fault rules and in the log, and the code that performs
/// it.
struct Route: Sendable {
    /// The name of the operation, for instance `fal.submit`.
    let operation: String
    let handle: @Sendable (EmulatedRequest) async -> EmulatedResponse

    init(_ operation: String, _ handle: @escaping @Sendable (EmulatedRequest) async -> EmulatedResponse) {
        self.operation = operation
        self.handle = handle
    }
}
