public import SeedreamModel

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
