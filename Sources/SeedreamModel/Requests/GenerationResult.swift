public import Pixels

/// The result of a request.
public struct GenerationResult: Hashable, Codable, Sendable {
    /// The images, in the provider's order.
    public var images: [GeneratedImage]
    /// The seed the provider used, if it reports one.
    public var seed: Int?
    /// The provider's request ID, which its support asks for.
    public var requestID: String?
    /// The usage, as far as the provider reports it.
    public var usage: Usage
    /// The provider's messages about requested images that failed. Only Ark reports them
    /// individually.
    public var failures: [String]

    /// Creates a result.
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

/// One generated image and its location.
public struct GeneratedImage: Hashable, Codable, Sendable {
    /// The location of an image.
    public enum Location: Hashable, Codable, Sendable {
        /// A temporary URL. Anyone who has it can access the image.
        case url(String)
        /// The path of a local file to which an inline reply was streamed.
        case file(String)
    }

    /// The location.
    public var location: Location
    /// The content type reported by the provider; not trusted.
    public var contentType: String?
    /// The size in px reported by the provider, which often reports none.
    public var size: PixelSize?
    /// The length in bytes reported by the provider; not trusted.
    public var byteCount: Int?
    /// The prompt as rewritten by the provider, if it reports it.
    public var revisedPrompt: String?
    /// The place of the image in a stack of layers; `nil` for an image that is no layer.
    public var layer: ImageLayer?

    /// Creates a generated image.
    public init(location: Location, contentType: String? = nil, size: PixelSize? = nil, byteCount: Int? = nil)
    {
        self.location = location
        self.contentType = contentType
        self.size = size
        self.byteCount = byteCount
    }
}

/// The place of an image in a stack of layers, as the provider reports it.
public struct ImageLayer: Hashable, Codable, Sendable {
    /// The order: 0 for the base image, larger for layers above.
    public var order: Int
    /// The box of the layer within the base image in px: left, top, right, bottom.
    public var box: [Int]?
    /// The same box in thousandths of the base image's sides.
    public var boxPermille: [Int]?
    /// The name of the layer.
    public var name: String?
    /// The description of its content.
    public var details: String?

    /// Creates a place.
    public init(
        order: Int, box: [Int]? = nil, boxPermille: [Int]? = nil, name: String? = nil, details: String? = nil
    ) {
        (self.order, self.box, self.boxPermille) = (order, box, boxPermille)
        (self.name, self.details) = (name, details)
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

/// The usage of a request as reported by the provider; values it does not report are `nil`.
public struct Usage: Hashable, Codable, Sendable {
    /// Credits: Apiframe's `creditCost`, AIML's `credits_used`.
    public var credits: Double?
    /// Tokens: AIML's `tokens_used`, Ark's `total_tokens`.
    public var tokens: Int?
    /// Billable units: fal's `X-Fal-Billable-Units`.
    public var billableUnits: Double?
    /// US dollars: AIML's `usd_spent`.
    public var usDollars: Double?

    /// Creates a usage without values.
    public init() {}
}
