import SeedreamModel

/// A provider's side of the contract.
protocol EmulatedHost: Sendable {
    /// What the request asks for; `nil` where the host has no such path. Looks at method, service
    /// and path only.
    func route(_ request: EmulatedRequest) -> Route?
    /// The host's own body for an error that has nothing to do with the request: 404 for a path,
    /// 500, 503 and so on.
    func failure(status: Int) -> EmulatedResponse
    /// The host's own body for a path that it does not have; that of ``failure(status:)`` unless
    /// the host says the path in it.
    func notFound(_ request: EmulatedRequest) -> EmulatedResponse
    /// The prompt in a body, for fault rules that ask for one.
    func prompt(in body: JSONValue) -> String?
}

extension EmulatedHost {
    func notFound(_ request: EmulatedRequest) -> EmulatedResponse { failure(status: 404) }

    func prompt(in body: JSONValue) -> String? { body["prompt"]?.string }
}
