/// What a host takes and gives, as far as it says so, and what it costs. Each number's source
/// stands beside it in the provider's folder.
public struct ProviderLimits: Hashable, Sendable {
    /// The default id of the model, for an edit and for text-to-image.
    public var editModel: String
    /// As ``editModel``.
    public var generateModel: String
    /// Input images of one request.
    public var maximumImages = 10
    /// Separate generations of one request; up to `Int.max` where no document gives an end.
    public var counts: ClosedRange<Int> = 1...1
    /// Images that one generation may make.
    public var imagesPerGeneration: ClosedRange<Int> = 1...1
    /// Inputs and outputs together; `nil` where no document says.
    public var maximumInputsAndOutputs: Int?
    /// Characters of the prompt; `nil` where no document says.
    public var promptCharacters: ClosedRange<Int>?
    /// Each side of a custom size, in px; `nil` where only its area counts.
    public var sides: ClosedRange<Int>?
    /// The area of a custom size, in px².
    public var area: ClosedRange<Int>?
    /// Characters of one data URI; `nil` where no document says.
    public var dataURICharacters: Int?
    /// Whether data URIs are sent unless something else is asked for.
    public var prefersDataURIs = true
    /// Bytes of one upload; `nil` where the host has no upload.
    public var uploadBytes: Int?
    /// Whether the host can hand results over inside its reply.
    public var deliversInline = false
    /// How often an inline picture stands in a reply.
    package var inlineCopies = 1
    /// Whether the host calls a webhook.
    public var hasWebhooks = false
    /// Whether the paid request gives a job at once, to be asked about later.
    public var hasJobs = false
    /// Whether a job can be cancelled.
    public var canCancel = false
    /// Whether the same idempotency key never buys twice.
    public var honorsIdempotencyKeys = false
    /// Seconds for which a result can be fetched; `nil` where no document says.
    public var resultLifetime: Double?
    /// What one picture costs; `nil` where no document says.
    public var price: Price?

    /// Makes limits that forbid all but one picture from one prompt.
    public init(editModel: String, generateModel: String) {
        self.editModel = editModel
        self.generateModel = generateModel
    }
}
