public import SeedreamModel

/// The documented limits, features and price of a provider with a model. What depends on the model
/// comes from ``/SeedreamModel/ModelTable``; the source of each other number is stated in the
/// provider's folder.
public struct ProviderLimits: Hashable, Sendable {
    /// The default model ID for edits.
    public var editModel: String
    /// The default model ID for text-to-image.
    public var generateModel: String
    /// The maximum number of input images of one request.
    public var maximumImages = Int.max
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
    /// The maximum ratio of the long side to the short side of a size; `nil` if not documented.
    public var maximumRatio: Double?
    /// The tiers of area that a size may name; `nil` if not documented.
    public var tiers: [SizeTier]?
    /// The named sizes that are accepted.
    public var presets: [SizePreset] = []
    /// The operations for which the provider enlarges a size below ``area`` instead of refusing it.
    public var enlarges: [GenerationOperation] = []
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
    /// The price of one image of the model's lowest step; `nil` if not documented.
    public var price: Price?
    /// The fields that the provider's API has for any model.
    package var fields: Set<ModelField> = []

    /// Creates limits that allow one image from one prompt.
    public init(editModel: String = "", generateModel: String = "") {
        self.editModel = editModel
        self.generateModel = generateModel
    }
}

extension ProviderLimits {
    /// The largest number of images that one request returns; a documented number of another
    /// provider where none is documented.
    var largestResult: Int { min(counts.upperBound, 36) * min(imagesPerGeneration.upperBound, 36) }

    /// Returns the limits with those of a model.
    ///
    /// - Parameter entry: The model. `nil`: one that is not in the table, of which nothing is
    ///   checked.
    package func applying(_ entry: ModelEntry?) -> ProviderLimits {
        var limits = self
        let known = entry?.fields?.value
        func range(_ field: ModelField, _ range: ClosedRange<Int>?) -> ClosedRange<Int> {
            guard fields.contains(field), known?.lacks.contains(field) != true else { return 1...1 }
            return range ?? 1 ... .max
        }
        limits.counts = range(.count, known?.counts)
        limits.imagesPerGeneration = range(.imagesPerGeneration, known?.imagesPerGeneration)
        if let rule = entry?.inputs?.value {
            (limits.maximumImages, limits.maximumInputsAndOutputs) = (rule.maximum, rule.maximumWithOutputs)
        }
        if let rule = entry?.output?.value {
            (limits.area, limits.sides, limits.maximumRatio) = (rule.area, rule.sides, rule.maximumRatio)
            (limits.presets, limits.enlarges) = (rule.presets, rule.enlarges)
            limits.tiers = rule.offeredTiers
        }
        if let fact = entry?.price, let least = fact.value.steps.first {
            limits.price = Price(
                amount: least.amount, unit: fact.value.unit, date: fact.source.date,
                source: fact.source.document)
        }
        return limits
    }
}

extension OutputRule {
    /// The tiers that a size may name: those of the model, and those whose square is a legal size;
    /// `nil` if none is known.
    fileprivate var offeredTiers: [SizeTier]? {
        let offered = SizeTier.allCases.filter { tier in
            if tiers.contains(tier) { return true }
            if let area, area.upperBound < .max { return area.contains(tier.side * tier.side) }
            return sides?.contains(tier.side) ?? false
        }
        return offered.isEmpty || tiers.isEmpty ? nil : offered
    }
}
