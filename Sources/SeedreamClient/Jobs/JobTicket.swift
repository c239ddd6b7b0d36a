/// What a host is asked by about a job that it has accepted. Holds neither key nor payload, so that
/// it can be kept.
public struct JobTicket: Hashable, Codable, Sendable {
    /// The host's id of the request.
    public var requestID: String
    /// The host's id of the model.
    public var model: String
    /// The URLs that the host gave; `nil` where they are built from ``requestID``.
    public var statusURL: String?
    /// As ``statusURL``.
    public var responseURL: String?
    /// As ``statusURL``.
    public var cancelURL: String?

    /// Makes a ticket.
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
