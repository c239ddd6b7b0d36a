package import HTTPTypes
package import Pixels
package import SeedreamModel

/// A request in the format of a provider, complete except for the key.
package struct RequestDraft: Sendable {
    /// The provider's model ID.
    package var model: String
    /// The row of the model; `nil` if it is not in the table.
    package var entry: ModelEntry?
    /// The API operation.
    package var operation: APIOperation
    /// The complete URL, with its query.
    package var url: String
    /// Header fields that are specific to the provider.
    package var fields: HTTPFields
    /// The JSON body.
    package var body: WireValue
    /// The warnings about dropped, changed and predicted settings.
    package var warnings: [RequestWarning]
    /// The expected size of the result in px; `nil` if only the provider knows it.
    package var predictedSize: PixelSize?
    /// The minimum and maximum number of result images.
    package var outputs: ClosedRange<Int>
    /// The number of separate generations.
    package var generations: Int
    /// Whether the result is layers.
    package var isLayered: Bool
    /// Whether the images arrive inside the reply.
    package var isInline: Bool

    package init(
        model: String, entry: ModelEntry?, operation: APIOperation, url: String, fields: HTTPFields = [:],
        body: WireValue, warnings: [RequestWarning] = [], predictedSize: PixelSize? = nil,
        outputs: ClosedRange<Int>, generations: Int = 1, isLayered: Bool = false, isInline: Bool = false
    ) {
        self.model = model
        self.entry = entry
        self.operation = operation
        self.url = url
        self.fields = fields
        self.body = body
        self.warnings = warnings
        self.predictedSize = predictedSize
        self.outputs = outputs
        (self.generations, self.isLayered) = (generations, isLayered)
        self.isInline = isInline
    }
}

/// A warning about a request that is sent anyway.
public struct RequestWarning: Hashable, Codable, Sendable {
    /// The kind of warning.
    public enum Code: String, Hashable, Codable, Sendable, CaseIterable {
        /// The provider does not support a field, and it was dropped, as
        /// `ClientConfiguration.isLenient` allows.
        case fieldDropped = "field-dropped"
        /// The provider will produce another size than requested.
        case sizeAdjusted = "size-adjusted"
        /// The first image is given as a URL, so its aspect ratio is unknown.
        case shapeUnknown = "shape-unknown"
        /// The prompt is longer than the provider recommends.
        case longPrompt = "long-prompt"
        /// The model is not in the table, so nothing is checked.
        case modelUnlisted = "model-unlisted"
        /// A field is sent whose effect is not documented.
        case effectUnknown = "effect-unknown"
        /// The provider keeps no copy of the result: a result inside the reply appears in none of
        /// its lists.
        case notKept = "not-kept"
        /// The provider returned more images than requested; the excess is dropped.
        case resultsDropped = "results-dropped"
        /// A result is saved unchanged, in an unexpected format.
        case unusualFormat = "unusual-format"
    }

    /// The kind of warning.
    public var code: Code
    /// The field of ``/SeedreamModel/GenerationRequest`` that the warning is about.
    public var field: String
    /// The message: one line, lower case, no full stop.
    public var message: String

    /// Creates a warning.
    public init(_ code: Code, field: String, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }
}
