public import Pixels

/// What is asked of a host: pictures from a prompt, or from a prompt and pictures. Values only;
/// each provider maps it to its own fields, or refuses, naming the field, what it cannot express.
public struct GenerationRequest: Hashable, Sendable {
    /// What the picture shall be. "Image 1" in it means the first of ``images``.
    public var prompt: String
    /// The pictures to edit, in order; none for text-to-image.
    public var images: [RequestImage]
    /// The size of the result. That of the first image's shape by default, a square without images;
    /// always sent explicitly.
    public var size = OutputSize.matchFirstImage(.k2)
    /// Separate generations. 1 by default.
    public var count = 1
    /// The most images that one generation may make (a set). 1 by default.
    public var imagesPerGeneration = 1
    /// Makes a host repeat itself, where it can. Random by default.
    public var seed: Int?
    /// Whether the host checks prompt and result. `nil`, the default, is sent as `true` where the
    /// host's own default is off.
    public var safetyChecker: Bool?
    /// How the host rewrites the prompt. The host's own way by default.
    public var enhancement: PromptEnhancement?
    /// How results come back. By URL by default.
    public var delivery = ResultDelivery.url
    /// A URL that the host calls when the job has ended. None by default.
    public var webhook: String?
    /// The host's id of the model. Its Seedream 4 by default.
    public var model: String?

    /// Makes a request from a prompt and, to edit, the pictures.
    public init(prompt: String, images: [RequestImage] = []) {
        self.prompt = prompt
        self.images = images
    }

    /// Whether pictures are edited or made from words alone.
    public var operation: GenerationOperation { images.isEmpty ? .generate : .edit }
    /// The most pictures that the request may give: what the worst case costs.
    public var maximumOutputs: Int { count * imagesPerGeneration }
}

/// A picture of a request.
public enum RequestImage: Hashable, Sendable {
    /// A local one, made valid.
    case prepared(PreparedImage)
    /// One that the host fetches itself from an http or https URL. Nothing about it is known here.
    case remote(String)

    /// Its size in px; `nil` where only the host will see it.
    public var size: PixelSize? { if case .prepared(let image) = self { image.size } else { nil } }
    /// The prepared picture, if it is one.
    public var prepared: PreparedImage? { if case .prepared(let image) = self { image } else { nil } }
}

/// The two things that are asked of a host.
public enum GenerationOperation: String, Hashable, Codable, Sendable {
    /// Pictures in, pictures out.
    case edit
    /// Words in, pictures out.
    case generate
}

/// How a host rewrites the prompt before the model sees it.
public enum PromptEnhancement: String, Hashable, Codable, Sendable, CaseIterable {
    /// With care.
    case standard
    /// With less care, sooner.
    case fast
    /// Not at all; few hosts can.
    case off
}

/// How a host hands its pictures over.
public enum ResultDelivery: String, Hashable, Codable, Sendable, CaseIterable {
    /// As URLs, which expire.
    case url
    /// Inside the reply, as base64.
    case inline
}
