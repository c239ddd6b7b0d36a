/// What is known of one model at one provider. `nil` means unknown: nothing is checked, and a
/// warning says so.
public struct ModelEntry: Hashable, Sendable {
    /// The provider.
    public var provider: ProviderID
    /// The model's name at every provider that sells it, such as `5.0-pro`.
    public var alias: String
    /// The provider's IDs for edits, the default first; empty if it offers none, or none is known.
    public var editIDs: [String]
    /// The provider's IDs for text-to-image, the default first; empty if it offers none, or none is
    /// known.
    public var generateIDs: [String]
    /// The sizes of results.
    public var output: Fact<OutputRule>?
    /// The limits on input images.
    public var inputs: Fact<InputRule>?
    /// The fields that the model has, and those that it lacks.
    public var fields: Fact<FieldRule>?
    /// The price.
    public var price: Fact<PriceRule>?
    /// The time that an image takes, in seconds.
    public var seconds: Fact<ClosedRange<Double>>?
    /// The page to check these facts against; `nil` if no page is known.
    public var page: String?

    /// Creates a row for a model whose IDs for edits and for text-to-image differ.
    public init(_ provider: ProviderID, _ alias: String, edit: [String], generate: [String]) {
        (self.provider, self.alias, editIDs, generateIDs) = (provider, alias, edit, generate)
    }

    /// Creates a row for a model whose IDs are for edits and for text-to-image alike.
    public init(_ provider: ProviderID, _ alias: String, _ ids: String...) {
        self.init(provider, alias, edit: ids, generate: ids)
    }

    /// All IDs of the model at the provider.
    public var ids: [String] { editIDs + generateIDs.filter { !editIDs.contains($0) } }
    /// The default ID for edits; `nil` if no ID is known.
    public var editID: String? { editIDs.first }
    /// The default ID for text-to-image; `nil` if no ID is known.
    public var generateID: String? { generateIDs.first }

    /// The sources of all facts.
    public var sources: [FactSource] {
        [output?.source, inputs?.source, fields?.source, price?.source, seconds?.source].compactMap(\.self)
    }

    /// Returns the provider's IDs for an operation, the default first.
    public func ids(for operation: GenerationOperation) -> [String] {
        operation == .edit ? editIDs : generateIDs
    }
}

/// The sizes of results that a model makes.
public struct OutputRule: Hashable, Sendable {
    /// The area in px²; `nil` if it is not limited or unknown.
    public var area: ClosedRange<Int>?
    /// The length of each side in px; `nil` if only the area is limited.
    public var sides: ClosedRange<Int>?
    /// The maximum ratio of the long side to the short side; `nil` if unknown.
    public var maximumRatio: Double?
    /// The tiers that the model is made for.
    public var tiers: [SizeTier]
    /// The named sizes that the provider accepts.
    public var presets: [SizePreset]
    /// The operations for which the provider enlarges a size below ``area`` instead of refusing it.
    public var enlarges: [GenerationOperation]

    /// Creates a rule.
    public init(
        area: ClosedRange<Int>? = nil, sides: ClosedRange<Int>? = nil, maximumRatio: Double? = nil,
        tiers: [SizeTier], presets: [SizePreset] = [], enlarges: [GenerationOperation] = []
    ) {
        (self.area, self.sides, self.maximumRatio) = (area, sides, maximumRatio)
        (self.tiers, self.presets, self.enlarges) = (tiers, presets, enlarges)
    }
}

/// The limits of a model on input images.
public struct InputRule: Hashable, Sendable {
    /// The maximum number of inputs; of more, the last are used.
    public var maximum: Int
    /// The maximum number of inputs and outputs together; `nil` if it is not limited or unknown.
    public var maximumWithOutputs: Int?
    /// The maximum size of one encoded image in bytes; `nil` if unknown.
    public var bytes: Int?
    /// The media types that may be sent unchanged; `nil` if unknown.
    public var mediaTypes: [MediaType]?
    /// The maximum ratio of the long side to the short side; `nil` if unknown.
    public var maximumRatio: Double?

    /// Creates a rule.
    public init(
        _ maximum: Int, withOutputs: Int? = nil, bytes: Int? = nil, mediaTypes: [MediaType]? = nil,
        maximumRatio: Double? = nil
    ) {
        (self.maximum, maximumWithOutputs, self.bytes) = (maximum, withOutputs, bytes)
        (self.mediaTypes, self.maximumRatio) = (mediaTypes, maximumRatio)
    }
}

/// A setting of a request that some models have and others lack.
public enum ModelField: String, Hashable, Codable, Sendable, CaseIterable {
    /// Several separate generations.
    case count
    /// Several images from one generation.
    case imagesPerGeneration
    /// The random seed.
    case seed
    /// The provider's safety check as a switch.
    case safetyChecker
    /// Thorough rewriting of the prompt.
    case enhancementStandard
    /// Quick rewriting of the prompt.
    case enhancementFast
    /// No rewriting of the prompt.
    case enhancementOff
    /// How closely the prompt is followed.
    case guidanceScale
    /// PNG or JPEG.
    case resultFormat
    /// A transparent or an opaque background, if the one input is a PNG with alpha.
    case backgroundOfInput
    /// A transparent or an opaque background, with any input or none.
    case background
    /// Layers instead of an image.
    case layers
    /// Results in the reply, through fal's field `sync_mode`.
    case syncMode
    /// Results in the reply, through the field `response_format`.
    case responseFormat
}

/// The fields that a model has. A field in neither set is unknown.
public struct FieldRule: Hashable, Sendable {
    /// The fields that it has.
    public var has: Set<ModelField>
    /// The fields that it lacks.
    public var lacks: Set<ModelField>
    /// The number of separate generations; `nil` if no limit is documented.
    public var counts: ClosedRange<Int>?
    /// The number of images from one generation; `nil` if no limit is documented.
    public var imagesPerGeneration: ClosedRange<Int>?
    /// The guidance scale; `nil` if no limit is documented.
    public var guidanceScale: ClosedRange<Double>?
    /// The maximum number of layers, without the base image; `nil` if no limit is documented.
    public var maximumLayers: Int?

    /// Creates a rule. Without `lacks`, it lacks all fields that are not in `has`.
    public init(
        _ has: Set<ModelField>, lacks: Set<ModelField>? = nil, counts: ClosedRange<Int>? = nil,
        imagesPerGeneration: ClosedRange<Int>? = nil, guidanceScale: ClosedRange<Double>? = nil,
        maximumLayers: Int? = nil
    ) {
        self.has = has
        self.lacks = lacks ?? Set(ModelField.allCases).subtracting(has)
        (self.counts, self.imagesPerGeneration) = (counts, imagesPerGeneration)
        (self.guidanceScale, self.maximumLayers) = (guidanceScale, maximumLayers)
    }
}

/// The chain in which a row of the table is written.
extension ModelEntry {
    package func output(_ rule: OutputRule, _ source: FactSource) -> Self {
        with { $0.output = Fact(rule, source) }
    }
    package func inputs(_ rule: InputRule, _ source: FactSource) -> Self {
        with { $0.inputs = Fact(rule, source) }
    }
    package func fields(_ rule: FieldRule, _ source: FactSource) -> Self {
        with { $0.fields = Fact(rule, source) }
    }
    package func price(_ rule: PriceRule, _ source: FactSource) -> Self {
        with { $0.price = Fact(rule, source) }
    }
    package func seconds(_ range: ClosedRange<Double>, _ source: FactSource) -> Self {
        with { $0.seconds = Fact(range, source) }
    }
    package func page(_ address: String) -> Self { with { $0.page = address } }

    private func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}
