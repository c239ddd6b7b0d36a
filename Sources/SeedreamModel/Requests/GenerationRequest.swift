public import Pixels

/// A request to generate images from a prompt, or to edit images with a prompt. It contains values
/// only: each provider maps it to its own fields, or rejects it and names the unsupported field.
public struct GenerationRequest: Hashable, Sendable {
    /// The prompt. "Image 1" in it means the first of ``images``.
    public var prompt: String
    /// The images to edit, in order; empty for text-to-image.
    public var images: [RequestImage]
    /// The size of the result, which is always sent explicitly. Default: the first image's shape,
    /// or a square without images.
    public var size = OutputSize.matchFirstImage(.k2)
    /// The number of separate generations. Default: 1.
    public var count = 1
    /// The maximum number of images in one generation (a set). Default: 1.
    public var imagesPerGeneration = 1
    /// The random seed; the same seed and inputs give the same image where the provider supports
    /// it. Default: random.
    public var seed: Int?
    /// Whether the provider checks the prompt and the result. Default: `nil`, which is sent as
    /// `true` if the provider's own default is off.
    public var safetyChecker: Bool?
    /// The provider's rewriting of the prompt. Default: the provider's own.
    public var enhancement: PromptEnhancement?
    /// The delivery of results. Default: by URL.
    public var delivery = ResultDelivery.url
    /// A URL that the provider calls when the job has ended. Default: none.
    public var webhook: String?
    /// The provider's model ID, or an alias such as `5.0-pro`; see ``ModelTable``. Default: the
    /// provider's Seedream 4.
    public var model: String?
    /// The format of the result. Default: `nil`, the model's own.
    public var resultFormat: ResultFormat?
    /// Whether the background of the result is transparent. Default: `nil`, the model's own choice.
    public var resultBackground: ResultBackground?
    /// How closely the prompt is followed. Default: `nil`, the model's own.
    public var guidanceScale: Double?
    /// Whether the one image is split into a base image and transparent layers; the prompt may then
    /// be empty. Default: `false`.
    public var splitsLayers = false

    /// Creates a request from a prompt and, to edit, the images.
    public init(prompt: String, images: [RequestImage] = []) {
        self.prompt = prompt
        self.images = images
    }

    /// The operation: `edit` if there are images, otherwise `generate`.
    public var operation: GenerationOperation { images.isEmpty ? .generate : .edit }
    /// The maximum number of images the request may return, on which its maximum price is based.
    public var maximumOutputs: Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: imagesPerGeneration)
        return overflow ? .max : product
    }
}

/// An image of a request.
public enum RequestImage: Hashable, Sendable {
    /// A local image, prepared to meet the constraints.
    case prepared(PreparedImage)
    /// An image that the provider fetches from an http or https URL. Its properties are unknown
    /// here.
    case remote(String)

    /// The size in px, or `nil` if only the provider will see the image.
    public var size: PixelSize? { if case .prepared(let image) = self { image.size } else { nil } }
    /// The prepared image, or `nil` for a remote image.
    public var prepared: PreparedImage? { if case .prepared(let image) = self { image } else { nil } }
}

/// The operation requested from a provider.
public enum GenerationOperation: String, Hashable, Codable, Sendable, CaseIterable {
    /// Image editing: a prompt and images in, images out.
    case edit
    /// Text-to-image: a prompt in, images out.
    case generate
}

/// The way a provider rewrites the prompt before the model sees it.
public enum PromptEnhancement: String, Hashable, Codable, Sendable, CaseIterable {
    /// Thorough rewriting.
    case standard
    /// Faster, less thorough rewriting.
    case fast
    /// No rewriting; few providers support this.
    case off
}

/// The format of a result.
public enum ResultFormat: String, Hashable, Codable, Sendable, CaseIterable {
    /// PNG.
    case png
    /// JPEG.
    case jpeg
}

/// The background of a result.
public enum ResultBackground: String, Hashable, Codable, Sendable, CaseIterable {
    /// Transparent, with an alpha channel.
    case transparent
    /// Opaque.
    case opaque
    /// As the model decides.
    case automatic = "auto"
}

/// The way a provider delivers images.
public enum ResultDelivery: String, Hashable, Codable, Sendable, CaseIterable {
    /// By URLs, which expire.
    case url
    /// In the reply, as base64.
    case inline
}
