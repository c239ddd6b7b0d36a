public import Pixels
public import SeedreamModel

/// What would happen to one input.
public struct PlannedImage: Hashable, Codable, Sendable {
    /// What the header cannot tell; settled in the result.
    public enum Unknown: String, Hashable, Codable, Sendable, CaseIterable {
        /// Whether any alpha sample is below opaque; if none is, alpha counts as absent.
        case alpha
        /// Whether there is metadata to remove.
        case metadata
        /// Whether the file is whole.
        case completeness
        /// How many bytes the result has, and so whether it fits the budgets at once.
        case encodedBytes = "encoded-bytes"
    }

    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1", from 1.
    public var position: Int
    /// What the input is.
    public var source: SourceFacts
    /// What would be done.
    public var action: Action
    /// Why, as far as the header tells.
    public var reasons: [Reason]
    /// What a person should know.
    public var notices: [Notice]
    /// What the header cannot tell.
    public var unknowns: [Unknown]
    /// What would be sent.
    public var mediaType: MediaType
    /// The size that would be sent, in px.
    public var size: PixelSize

    /// Makes a planned image from its parts.
    public init(
        index: Int, position: Int, source: SourceFacts, action: Action, reasons: [Reason], notices: [Notice],
        unknowns: [Unknown], mediaType: MediaType, size: PixelSize
    ) {
        self.index = index
        self.position = position
        self.source = source
        self.action = action
        self.reasons = reasons
        self.notices = notices
        self.unknowns = unknowns
        self.mediaType = mediaType
        self.size = size
    }
}
