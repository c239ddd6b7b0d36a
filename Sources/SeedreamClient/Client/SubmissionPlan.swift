public import Pixels
public import SeedreamModel

/// What would be sent, without key and payloads: what a dry run shows.
public struct SubmissionPlan: Hashable, Codable, Sendable {
    /// To whom.
    public var provider: ProviderID
    /// The host's id of the model.
    public var model: String
    /// The whole URL.
    public var url: String
    /// The host's own header fields, without the key.
    public var headers: [String: String]
    /// The body, data URIs as their prefix and number of bytes, pictures to be uploaded as their
    /// number of bytes.
    public var body: JSONValue
    /// The exact length of the body in bytes; that of pending uploads' URLs is not known.
    public var bodyBytes: Int
    /// How many pictures are uploaded first.
    public var uploads: Int
    /// The size in px that the result should have; `nil` where only the host knows.
    public var predictedSize: PixelSize?
    /// The fewest pictures that come.
    public var minimumOutputs: Int
    /// The most pictures that come.
    public var maximumOutputs: Int
    /// What a picture costs; `nil` where no document says.
    public var price: Price?
    /// What the worst case costs, in the price's unit; `nil` where no document says.
    public var worstCost: Double?
    /// What is dropped, changed or foreseen.
    public var warnings: [RequestWarning]

    /// Makes a plan, for instance to test what is done with one.
    public init(
        provider: ProviderID, model: String, url: String, headers: [String: String] = [:], body: JSONValue,
        bodyBytes: Int, uploads: Int = 0, predictedSize: PixelSize? = nil, minimumOutputs: Int = 1,
        maximumOutputs: Int = 1, price: Price? = nil, worstCost: Double? = nil,
        warnings: [RequestWarning] = []
    ) {
        (self.provider, self.model, self.url, self.headers) = (provider, model, url, headers)
        (self.body, self.bodyBytes, self.uploads) = (body, bodyBytes, uploads)
        self.predictedSize = predictedSize
        (self.minimumOutputs, self.maximumOutputs) = (minimumOutputs, maximumOutputs)
        (self.price, self.worstCost, self.warnings) = (price, worstCost, warnings)
    }
}
