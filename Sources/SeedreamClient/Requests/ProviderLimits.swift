/// The documented limits, features and price of a provider. The source of each number is stated in
/// the provider's folder.
public struct ProviderLimits: Hashable, Sendable {
    /// The default model ID for edits.
    public var editModel: String
    /// The default model ID for text-to-image.
    public var generateModel: String
    /// The maximum number of input images of one request.
    public var maximumImages = 10
    /// The number of separate generations of one request; up to `Int.max` if no limit is
    /// documented.
    public var counts: ClosedRange<Int> = 1...1
    /// The number of images that one generation may produce.
    public var imagesPerGeneration: ClosedRange<Int> = 1...1
    /// The maximum number of inputs and outputs together; `nil` if not documented.
    public var maximumInputsAndOutputs: Int?
    /// The length of the prompt in characters; `nil` if not documented.
    public var promptCharacters: ClosedRange<Int>?
    /// The length of each side of a custom size, in px; `nil` if only its area is limited.
    public var sides: ClosedRange<Int>?
    /// The area of a custom size, in px²; `nil` if not documented.
    public var area: ClosedRange<Int>?
    /// The maximum length of one data URI in characters; `nil` if not documented.
    public var dataURICharacters: Int?
    /// Whether data URIs are the default way to send images.
    public var prefersDataURIs = true
    /// The maximum size of one upload in bytes; `nil` if the provider has no upload.
    public var uploadBytes: Int?
    /// Whether the provider can return results inside its reply.
    public var deliversInline = false
    /// The number of times that a reply contains each inline image.
    package var inlineCopies = 1
    /// Whether the provider supports webhooks.
    public var hasWebhooks = false
    /// Whether the paid request returns a job at once, to be polled later.
    public var hasJobs = false
    /// Whether a job can be cancelled.
    public var canCancel = false
    /// Whether repeating an idempotency key never buys twice.
    public var honorsIdempotencyKeys = false
    /// The time for which a result can be downloaded, in seconds; `nil` if not documented.
    public var resultLifetime: Double?
    /// The price of one image; `nil` if not documented.
    public var price: Price?

    /// Creates limits that allow one image from one prompt.
    public init(editModel: String, generateModel: String) {
        self.editModel = editModel
        self.generateModel = generateModel
    }
}

/// The price of one image as published on a given day; an estimate.
public struct Price: Hashable, Codable, Sendable {
    /// The currency of a price.
    public enum Unit: String, Hashable, Codable, Sendable, CaseIterable {
        /// US dollars.
        case usDollars = "USD"
        /// Credits of the provider's own.
        case credits
    }

    /// The price per image.
    public var amount: Double
    /// The currency of ``amount``.
    public var unit: Unit
    /// The day on which the price was read, such as `2026-11-21`.
    public var date: String
    /// The document in which the price was read.
    public var source: String

    /// Creates a price.
    public init(amount: Double, unit: Unit, date: String, source: String) {
        self.amount = amount
        self.unit = unit
        self.date = date
        self.source = source
    }
}
