public import Pixels
public import SeedreamModel

/// The plan for each input, made from headers alone.
public struct PreparationPlan: Hashable, Codable, Sendable {
    /// The images that would be sent, in input order.
    public var images: [PlannedImage]
    /// The inputs that cannot be prepared, in input order. They keep their positions.
    public var failed: [FailedInput]
    /// The inputs dropped because one request has no room for them, in input order. They are not
    /// opened.
    public var dropped: [DroppedInput]

    /// Creates a plan, for example in a test.
    public init(images: [PlannedImage], failed: [FailedInput] = [], dropped: [DroppedInput] = []) {
        (self.images, self.failed, self.dropped) = (images, failed, dropped)
    }
}

/// The plan for one input.
public struct PlannedImage: Hashable, Codable, Sendable {
    /// A fact that the header does not tell and the result settles.
    public enum Unknown: String, Hashable, Codable, Sendable, CaseIterable {
        /// Whether any alpha sample is not opaque. If none is, the image counts as having no alpha.
        case alpha
        /// Whether there is metadata to remove.
        case metadata
        /// Whether the file is complete.
        case completeness
        /// The size of the result in bytes, and thus whether it fits the budgets at the first
        /// attempt.
        case encodedBytes = "encoded-bytes"
    }

    /// The index of the input, from 0.
    public var index: Int
    /// The image's number in a prompt ("image 1"), from 1.
    public var position: Int
    /// The properties of the input.
    public var source: SourceFacts
    /// The planned action.
    public var action: Action
    /// The reasons, as far as the header tells.
    public var reasons: [Reason]
    /// Notices for the user.
    public var notices: [Notice]
    /// The facts that the header does not tell.
    public var unknowns: [Unknown]
    /// The media type that would be sent.
    public var mediaType: MediaType
    /// The size that would be sent, in px.
    public var size: PixelSize

    /// Creates a planned image from its parts.
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
    /// The index of the input, from 0.
    public var index: Int
    /// The number the image would have in a prompt ("image 1"), from 1. A failed input keeps its
    /// place.
    public var position: Int
    /// The input's name.
    public var name: String
    /// The error code.
    public var code: ErrorCode
    /// The values expected and found, on one line.
    public var message: String
    /// The advice, on one line.
    public var remedy: Remedy
    /// The advice, on one line, in the current ``/SeedreamModel/Remedy/wording``.
    public var hint: String { remedy.description }

    /// Creates a failure from its error.
    public init(index: Int, position: Int, name: String, error: PreparationError) {
        self.index = index
        self.position = position
        self.name = name
        code = error.code
        message = error.description
        remedy = error.remedy
    }

    /// Creates a failure that occurred before the input could be opened.
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

/// An input dropped because one request has no room for it.
public struct DroppedInput: Hashable, Codable, Sendable {
    /// The index of the input, from 0.
    public var index: Int
    /// The input's name.
    public var name: String

    /// Creates an entry.
    public init(index: Int, name: String) {
        self.index = index
        self.name = name
    }
}
