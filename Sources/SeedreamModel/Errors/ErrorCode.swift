/// The closed set of codes that name a failure in JSON, in messages and in tests. A code is never
/// reused for another meaning.
public enum ErrorCode: String, Hashable, Codable, Sendable, CaseIterable {
    /// The bytes are not an image of a known format.
    case notAnImage = "not-an-image"
    /// The input is empty.
    case emptyInput = "empty-input"
    /// The image's format is recognised but not supported.
    case unsupportedFormat = "unsupported-format"
    /// The image's format is supported, but a feature it uses is not.
    case unsupportedFeature = "unsupported-feature"
    /// The data are damaged.
    case corruptImage = "corrupt-image"
    /// The data end before the image is complete.
    case truncatedImage = "truncated-image"
    /// The image requires more memory, time or bytes than the caller allows.
    case limitExceeded = "limit-exceeded"
    /// The aspect ratio is outside the accepted range.
    case aspectRatio = "aspect-ratio"
    /// The image cannot be encoded within the byte budget.
    case tooManyBytes = "too-many-bytes"
    /// There are more inputs than one request takes, and none may be dropped.
    case tooManyInputs = "too-many-inputs"
    /// The input cannot be opened or read.
    case unreadableInput = "unreadable-input"
    /// The input changed between planning and reading.
    case inputChanged = "input-changed"
    /// A result cannot be written.
    case outputFailed = "output-failed"
    /// The machine has too little free memory.
    case outOfMemory = "out-of-memory"
    /// A defect of this software.
    case internalError = "internal-error"

    /// A one-line explanation of the code, for help and docs/json.md.
    public var meaning: String {
        switch self {
        case .notAnImage: "the bytes are not an image of a known format"
        case .emptyInput: "the input is empty"
        case .unsupportedFormat: "the format is recognised but not supported"
        case .unsupportedFeature: "the format is supported, but a feature of this file is not"
        case .corruptImage: "the data are damaged"
        case .truncatedImage: "the data end before the image is complete"
        case .limitExceeded: "more memory, time or bytes than allowed"
        case .aspectRatio: "the aspect ratio is outside the accepted range"
        case .tooManyBytes: "cannot be encoded within the byte budget"
        case .tooManyInputs: "more inputs than one request takes, and none may be dropped"
        case .unreadableInput: "cannot be opened or read"
        case .inputChanged: "changed between planning and reading"
        case .outputFailed: "the result cannot be written"
        case .outOfMemory: "the machine has too little free memory"
        case .internalError: "a defect of this software"
        }
    }
}
