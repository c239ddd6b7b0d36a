public import SeedreamModel

/// A request that has arrived, without its payload.
public struct RecordedRequest: Hashable, Codable, Sendable {
    /// From 1, in the order of arrival.
    public var number: Int
    /// Seconds since 1970.
    public var receivedAt: Double
    /// Whom it was for.
    public var provider: EmulatedProvider?
    /// As in fault rules; `nil` where the host has no such path.
    public var operation: String?
    /// As sent.
    public var method: String
    /// Host and path with the query, as sent.
    public var target: String
    /// As sent, in order; the value of what carries a key is replaced by `"redacted"`.
    public var headers: [[String]]
    /// In bytes.
    public var bodyBytes = 0
    /// Of the body; `nil` without one.
    public var bodySHA256: String?
    /// The body as JSON, data URIs cut after 64 characters; `nil` for what is no JSON, or longer
    /// than 64 KiB without them.
    public var body: JSONValue?
    /// Of the answer; `nil` while there is none, and where the connection was reset instead.
    public var status: Int?
    /// Words of the faults that struck.
    public var faults: [String] = []
    /// The id that the host has given it.
    public var requestID: String?
    /// Input images that were read.
    public var inputs: [String] = []
    /// How long the answer took, in seconds.
    public var seconds: Double?
}
