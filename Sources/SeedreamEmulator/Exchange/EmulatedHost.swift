/// A provider's side of the contract.
protocol EmulatedHost: Sendable {
    /// What the request asks for; `nil` where the host has no such path. Looks at method, service and path only.
    func route(_ request: EmulatedRequest) -> Route?
    /// The host's own body for an error that has nothing to do with the request: 404 for a path, 500, 503 and so on.
    func failure(status: Int) -> EmulatedResponse
    /// The prompt in a body, for fault rules that ask for one.
    func prompt(in body: JSONValue) -> String?
}

extension EmulatedHost {
    func prompt(in body: JSONValue) -> String? { body["prompt"]?.string }
}
