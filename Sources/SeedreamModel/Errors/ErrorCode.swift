/// The closed table of words that name a failure in JSON, in messages and in tests. Words are never
/// reused.
public enum ErrorCode: String, Hashable, Codable, Sendable, CaseIterable {
    /// The bytes are not a picture of any known format.
    case notAnImage = "not-an-image"
    /// There are no bytes.
    case emptyInput = "empty-input"
    /// A picture, in a format that is recognised and not read.
    case unsupportedFormat = "unsupported-format"
    /// A picture in a format that is read, with a feature that is not.
    case unsupportedFeature = "unsupported-feature"
    /// The data are damaged.
    case corruptImage = "corrupt-image"
    /// The data end before the picture does.
    case truncatedImage = "truncated-image"
    /// The picture asks for more memory, time or bytes than the caller allows.
    case limitExceeded = "limit-exceeded"
    /// The shape is outside the accepted aspect ratios.
    case aspectRatio = "aspect-ratio"
    /// The picture cannot be encoded within the byte budget.
    case tooManyBytes = "too-many-bytes"
    /// More inputs than one request takes, where none may be dropped.
    case tooManyInputs = "too-many-inputs"
    /// The input cannot be opened or read.
    case unreadableInput = "unreadable-input"
    /// The input changed between being planned and being read.
    case inputChanged = "input-changed"
    /// A result cannot be written.
    case outputFailed = "output-failed"
    /// The machine has no memory left for it.
    case outOfMemory = "out-of-memory"
    /// A defect of this software.
    case internalError = "internal-error"

    /// What the word means, one line, for help and the README.
    public var meaning: String {
        switch self {
        case .notAnImage: "the bytes are not a picture of any known format"
        case .emptyInput: "there are no bytes"
        case .unsupportedFormat: "a picture, in a format that is recognised and not read"
        case .unsupportedFeature: "a readable format with a feature that is not read"
        case .corruptImage: "the data are damaged"
        case .truncatedImage: "the data end before the picture does"
        case .limitExceeded: "more memory, time or bytes than allowed"
        case .aspectRatio: "the shape is outside the accepted aspect ratios"
        case .tooManyBytes: "cannot be encoded within the byte budget"
        case .tooManyInputs: "more inputs than one request takes, where none may be dropped"
        case .unreadableInput: "cannot be opened or read"
        case .inputChanged: "changed between being planned and being read"
        case .outputFailed: "the result cannot be written"
        case .outOfMemory: "the machine has no memory left for it"
        case .internalError: "a defect of this software"
        }
    }
}
