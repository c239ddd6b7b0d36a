/// What a host made of a request.
public struct GenerationResult: Hashable, Sendable {
    /// In the host's order.
    public var images: [GeneratedImage]
    /// The seed that the host used, if it says so.
    public var seed: Int?
    /// The host's id of the request, which its support asks for.
    public var requestID: String?
    /// What it cost, as far as the host says.
    public var usage: Usage
    /// Pictures that the host was asked for and failed to make, in its words. Ark alone reports
    /// them one by one.
    public var failures: [String]

    /// Makes a result.
    public init(
        images: [GeneratedImage], seed: Int? = nil, requestID: String? = nil, usage: Usage = Usage(),
        failures: [String] = []
    ) {
        self.images = images
        self.seed = seed
        self.requestID = requestID
        self.usage = usage
        self.failures = failures
    }
}
