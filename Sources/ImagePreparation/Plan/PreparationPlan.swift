public import Pixels
public import SeedreamModel

/// What would happen to each input, from headers alone.
public struct PreparationPlan: Hashable, Codable, Sendable {
    /// The images that would be sent, in input order.
    public var images: [PlannedImage]
    /// The inputs that cannot be prepared, in input order. They keep their positions.
    public var failed: [FailedInput]
    /// The inputs that one request has no room for, in input order. They are not opened.
    public var dropped: [DroppedInput]

    /// Makes a plan, for instance to test what is done with one.
    public init(images: [PlannedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }
}

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

/// An input that cannot be prepared.
public struct FailedInput: Hashable, Codable, Sendable {
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt would have meant by "image 1", from 1: a failed input keeps its
    /// place.
    public var position: Int
    /// Its name.
    public var name: String
    /// The word for the failure.
    public var code: ErrorCode
    /// Expected and found, one line.
    public var message: String
    /// What to do about it, one line.
    public var remedy: Remedy
    /// What to do about it, one line, in the words of ``Remedy/wording``.
    public var hint: String { remedy.description }

    /// Makes a failure from its error.
    public init(index: Int, position: Int, name: String, error: PreparationError) {
        self.index = index
        self.position = position
        self.name = name
        code = error.code
        message = error.description
        remedy = error.remedy
    }

    /// Makes a failure of something that happened before the input could be opened.
    public init(index: Int, position: Int, name: String, code: ErrorCode, message: String, hint: String) {
        self.index = index
        self.position = position
        self.name = name
        self.code = code
        self.message = message
        remedy = Remedy(hint)
    }

    private enum CodingKeys: String, CodingKey {
        case index, position, name, code, message
        case remedy = "hint"
    }
}

/// An input that one request has no room for.
public struct DroppedInput: Hashable, Codable, Sendable {
    /// Which input it is, from 0.
    public var index: Int
    /// Its name.
    public var name: String

    /// Makes an entry.
    public init(index: Int, name: String) {
        self.index = index
        self.name = name
    }
}
