/// Why a request is not sent: a host cannot express a field, or would refuse its value.
public struct RequestError: Error, Hashable, Sendable {
    /// The field of ``GenerationRequest``, or of a configuration, that it is about.
    public var field: String
    /// Expected and found, one line, lower case, no full stop.
    public var message: String
    /// What to do.
    public var hint: String

    /// Makes an error.
    public init(field: String, message: String, hint: String) {
        self.field = field
        self.message = message
        self.hint = hint
    }
}

extension RequestError: CustomStringConvertible {
    /// `"count: expected 1 to 4, found 6"`.
    public var description: String { "\(field): \(message)" }
}
