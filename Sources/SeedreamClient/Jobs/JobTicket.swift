/// Identifies an accepted job to its provider. Contains neither key nor payload, so that it can be
/// stored.
public struct JobTicket: Hashable, Codable, Sendable {
    /// The provider's request ID.
    public var requestID: String
    /// The provider's model ID.
    public var model: String
    /// The status URL from the provider; `nil` if it is derived from ``requestID``.
    public var statusURL: String?
    /// The result URL from the provider; `nil` if it is derived from ``requestID``.
    public var responseURL: String?
    /// The cancellation URL from the provider; `nil` if it is derived from ``requestID``.
    public var cancelURL: String?

    /// Creates a ticket.
    public init(
        requestID: String, model: String, statusURL: String? = nil, responseURL: String? = nil,
        cancelURL: String? = nil
    ) {
        self.requestID = requestID
        self.model = model
        self.statusURL = statusURL
        self.responseURL = responseURL
        self.cancelURL = cancelURL
    }
}
