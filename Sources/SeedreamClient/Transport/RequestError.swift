public import SeedreamModel

/// The reason why a request or a setting is rejected before anything is sent: its value is invalid,
/// or the provider does not support it.
public struct RequestError: ErrorWithRemedy, Hashable, Sendable {
    /// The field of the ``/SeedreamModel/GenerationRequest`` or of the configuration that is
    /// rejected.
    public var field: String
    /// The expected and the found value: one line, lower case, no full stop.
    public var message: String
    /// The action that resolves the error.
    public var remedy: Remedy

    /// Creates an error.
    public init(field: String, message: String, remedy: Remedy) {
        self.field = field
        self.message = message
        self.remedy = remedy
    }

    /// Creates an error whose hint names no setting.
    public init(field: String, message: String, hint: String) {
        self.init(field: field, message: message, remedy: Remedy(hint))
    }
}

extension RequestError: CustomStringConvertible {
    /// The field and the message: `"count: expected 1 to 4, found 6"`.
    public var description: String { "\(field): \(message)" }
}
