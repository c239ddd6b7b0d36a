public import Pixels

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

/// One picture that a host made, where it lies.
public struct GeneratedImage: Hashable, Codable, Sendable {
    /// Where a picture lies.
    public enum Location: Hashable, Codable, Sendable {
        /// On a host, for a while. The URL gives access to whoever has it.
        case url(String)
        /// In a file of this machine, to which an inline reply was streamed.
        case file(String)
    }

    /// Where it lies.
    public var location: Location
    /// What the host says it is; not believed.
    public var contentType: String?
    /// What the host says its size in px is; often it says nothing.
    public var size: PixelSize?
    /// What the host says its length in bytes is; not believed.
    public var byteCount: Int?
    /// The prompt that the provider made of the one that was sent, where it says so.
    public var revisedPrompt: String?

    /// Makes a picture.
    public init(location: Location, contentType: String? = nil, size: PixelSize? = nil, byteCount: Int? = nil)
    {
        self.location = location
        self.contentType = contentType
        self.size = size
        self.byteCount = byteCount
    }
}

extension GeneratedImage.Location {
    /// The URL or the path.
    package var text: String {
        switch self {
        case .url(let url): url
        case .file(let path): path
        }
    }
}

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
