public import Pixels
public import SeedreamModel

/// The request that would be sent, without key and payloads, as a dry run shows it.
public struct SubmissionPlan: Hashable, Codable, Sendable {
    /// The provider that would receive it.
    public var provider: ProviderID
    /// The provider's model ID.
    public var model: String
    /// The complete URL.
    public var url: String
    /// The provider's own header fields, without the key.
    public var headers: [String: String]
    /// The body. A data URI is shown as its prefix and number of bytes, an image to be uploaded as
    /// its number of bytes.
    public var body: JSONValue
    /// The exact length of the body in bytes, except that the URLs of pending uploads are unknown.
    public var bodyBytes: Int
    /// The number of images to upload first.
    public var uploads: Int
    /// The expected size of the result in px; `nil` if only the provider knows.
    public var predictedSize: PixelSize?
    /// The smallest number of images that the provider may return.
    public var minimumOutputs: Int
    /// The largest number of images that the provider may return.
    public var maximumOutputs: Int
    /// The price of one image in the worst case, with its share of the fees for inputs; `nil` if
    /// unknown.
    public var price: Price?
    /// The rule that the price follows from; `nil` if it is unknown or set by
    /// `ClientConfiguration.price`.
    public var rule: PriceRule?
    /// The cost of the worst case, in the price's unit; `nil` if unknown.
    public var worstCost: Double?
    /// Settings that are dropped or changed, and effects to expect.
    public var warnings: [RequestWarning]

    /// Creates a plan, for example for tests of code that uses one.
    public init(
        provider: ProviderID, model: String, url: String, headers: [String: String] = [:], body: JSONValue,
        bodyBytes: Int, uploads: Int = 0, predictedSize: PixelSize? = nil, minimumOutputs: Int = 1,
        maximumOutputs: Int = 1, price: Price? = nil, rule: PriceRule? = nil, worstCost: Double? = nil,
        warnings: [RequestWarning] = []
    ) {
        (self.provider, self.model, self.url, self.headers) = (provider, model, url, headers)
        (self.body, self.bodyBytes, self.uploads) = (body, bodyBytes, uploads)
        self.predictedSize = predictedSize
        (self.minimumOutputs, self.maximumOutputs) = (minimumOutputs, maximumOutputs)
        (self.price, self.rule) = (price, rule)
        (self.worstCost, self.warnings) = (worstCost, warnings)
    }
}
