public import SeedreamModel

/// A ``GenerationResult`` as stored in the ledger.
public struct StoredResult: Hashable, Codable, Sendable {
    /// The images, in the provider's order.
    public var images: [GeneratedImage]
    /// The seed that the provider used, if it reports it.
    public var seed: Int?
    /// The provider's request ID.
    public var requestID: String?
    /// The cost and usage reported by the provider.
    public var usage: Usage
    /// The provider's messages for images that it failed to generate.
    public var failures: [String]

    /// Creates a stored result.
    public init(_ result: GenerationResult) {
        images = result.images
        seed = result.seed
        requestID = result.requestID
        usage = result.usage
        failures = result.failures
    }

    /// The generation result.
    public var result: GenerationResult {
        GenerationResult(images: images, seed: seed, requestID: requestID, usage: usage, failures: failures)
    }
}
