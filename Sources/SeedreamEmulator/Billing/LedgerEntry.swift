/// One paid request that a host has taken.
public struct LedgerEntry: Hashable, Codable, Sendable {
    /// What has become of it.
    public enum State: String, Hashable, Codable, Sendable {
        /// Taken; not yet made.
        case accepted
        /// Made, and paid for.
        case billed
        /// Failed or cancelled; nothing is paid.
        case released
    }

    /// From 1, in the order of acceptance.
    public var number: Int
    /// Who took it.
    public var provider: EmulatedProvider
    /// As in fault rules: `"fal.submit"`.
    public var operation: String
    /// The host's id of the request or the job.
    public var requestID: String
    /// The model's id, as sent.
    public var model: String
    /// What has become of it.
    public var state: State
    /// Pictures paid for.
    public var images = 0
    /// In the host's own unit, which ``unit`` names.
    public var cost = 0.0
    /// `"USD"`, `"tokens"` or `"credits"`.
    public var unit: String
    /// SHA-256 of the request body, so that the same request bought twice can be told.
    public var bodySHA256: String
    /// SHA-256 of each input image.
    public var inputs: [String] = []
    /// Seconds since 1970.
    public var acceptedAt: Double
}
