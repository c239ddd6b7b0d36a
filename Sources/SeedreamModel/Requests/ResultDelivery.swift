/// How a host hands its pictures over.
public enum ResultDelivery: String, Hashable, Codable, Sendable, CaseIterable {
    /// As URLs, which expire.
    case url
    /// Inside the reply, as base64.
    case inline
}
