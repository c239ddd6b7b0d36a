/// Something to know about a request that is sent all the same.
public struct RequestWarning: Hashable, Codable, Sendable {
    /// What kind of thing.
    public enum Code: String, Hashable, Codable, Sendable, CaseIterable {
        /// The host cannot express a field, and it was left out, as `ClientConfiguration.isLenient`
        /// allows.
        case fieldDropped = "field-dropped"
        /// The host will make another size of the one that is asked for.
        case sizeAdjusted = "size-adjusted"
        /// The first image lies behind a URL, so its shape is not known here.
        case shapeUnknown = "shape-unknown"
        /// The prompt is longer than the host advises.
        case longPrompt = "long-prompt"
        /// A field is sent whose effect no document states.
        case effectUnknown = "effect-unknown"
        /// The provider keeps no copy of the result: what comes inside the reply is in none of its
        /// lists.
        case notKept = "not-kept"
        /// The provider gave more images than were asked for; those beyond are left out.
        case resultsDropped = "results-dropped"
        /// A result is saved as it came, in a format that was not expected.
        case unusualFormat = "unusual-format"
    }

    /// What kind of thing.
    public var code: Code
    /// The field of ``GenerationRequest`` that it is about.
    public var field: String
    /// One line, lower case, no full stop.
    public var message: String

    /// Makes a warning.
    public init(_ code: Code, field: String, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }
}
