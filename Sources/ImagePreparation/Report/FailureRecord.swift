public import SeedreamModel

/// One failed input of the JSON.
public struct FailureRecord: Hashable, Codable, Sendable {
    /// Why.
    public struct Failure: Hashable, Codable, Sendable {
        /// The word for it.
        public var code: ErrorCode
        /// Expected and found, one line.
        public var message: String
        /// What to do about it, one line.
        public var hint: String

        /// Makes a failure.
        public init(code: ErrorCode, message: String, hint: String) {
            (self.code, self.message, self.hint) = (code, message, hint)
        }
    }

    /// `"failed"`.
    public var status: String
    /// Which input it is, from 0.
    public var index: Int
    /// The number that a prompt would have meant by it.
    public var position: Int
    /// Its name.
    public var name: String
    /// Why.
    public var error: Failure

    /// The record of a failed input.
    public init(_ input: FailedInput) {
        self.init(
            index: input.index, position: input.position, name: input.name,
            error: Failure(code: input.code, message: input.message, hint: input.hint))
    }

    /// The record of an image that could not be written.
    public init(_ image: PreparedImage, outputFailure message: String, hint: String) {
        self.init(
            index: image.index, position: image.position, name: image.source.name,
            error: Failure(code: .outputFailed, message: message, hint: hint))
    }

    private init(index: Int, position: Int, name: String, error: Failure) {
        status = "failed"
        self.index = index
        self.position = position
        self.name = name
        self.error = error
    }
}
