public import SeedreamModel

/// Why a request is not sent: a host cannot express a field, or would refuse its value.
public struct RequestError: ErrorWithRemedy, Hashable, Sendable {
    /// The field of ``GenerationRequest``, or of a configuration, that it is about.
    public var field: String
    /// Expected and found, one line, lower case, no full stop.
    public var message: String
    /// What to do.
    public var remedy: Remedy

    /// Makes an error.
    public init(field: String, message: String, remedy: Remedy) {
        self.field = field
        self.message = message
        self.remedy = remedy
    }

    /// Makes an error whose advice names no setting.
    public init(field: String, message: String, hint: String) {
        self.init(field: field, message: message, remedy: Remedy(hint))
    }
}

extension RequestError: CustomStringConvertible {
    /// `"count: expected 1 to 4, found 6"`.
    public var description: String { "\(field): \(message)" }
}
