package import SeedreamModel

/// What Apiframe says about an account: `GET /v2/me`. Everything may be missing.
public struct ApiframeAccount: Hashable, Codable, Sendable {
    /// Credits that are left to the team.
    public var credits: Double?
    /// The team's plan.
    public var plan: String?
    /// The name of the API key.
    public var keyName: String?
    /// The beginning of the API key, by which people tell their keys apart.
    public var keyPrefix: String?

    /// `nil` for a body with nothing about a team or a key.
    package init?(_ json: JSONValue?) {
        guard let json, json["team"]?.object != nil || json["apiKey"]?.object != nil else { return nil }
        credits = json["team"]?["credits"]?.number
        plan = json["team"]?["plan"]?.string
        keyName = json["apiKey"]?["name"]?.string
        keyPrefix = json["apiKey"]?["prefix"]?.string
    }
}
