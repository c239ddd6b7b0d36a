public import SeedreamModel

/// A ``GenerationResult`` as the ledger keeps it.
public struct StoredResult: Hashable, Codable, Sendable {
    /// In the host's order.
    public var images: [GeneratedImage]
    /// The seed that the host used, if it says so.
    public var seed: Int?
    /// The host's id of the request.
    public var requestID: String?
    /// What it cost, as far as the host says.
    public var usage: Usage
    /// Pictures that the host failed to make, in its words.
    public var failures: [String]

    /// Takes a result over.
    public init(_ result: GenerationResult) {
        images = result.images
        seed = result.seed
        requestID = result.requestID
        usage = result.usage
        failures = result.failures
    }

    /// The result again.
    public var result: GenerationResult {
        GenerationResult(images: images, seed: seed, requestID: requestID, usage: usage, failures: failures)
    }
}
