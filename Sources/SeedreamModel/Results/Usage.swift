/// What a request cost, as the host gives it; `nil` where it says nothing.
public struct Usage: Hashable, Codable, Sendable {
    /// The host's credits: Apiframe's `creditCost`, AIML's `credits_used`.
    public var credits: Double?
    /// Tokens: AIML's `tokens_used`, Ark's `total_tokens`.
    public var tokens: Int?
    /// fal's `X-Fal-Billable-Units`.
    public var billableUnits: Double?
    /// US dollars: AIML's `usd_spent`.
    public var usDollars: Double?

    /// Makes a usage that says nothing.
    public init() {}
}
