/// The key of an account. It cannot print itself, and is encoded nowhere.
public struct APIKey: Sendable {
    /// The text, for the one header field that it belongs in.
    package let secret: String

    /// Takes a key; white space around it is left out.
    ///
    /// - Returns: `nil` for an empty text, or one that no header field can hold.
    public init?(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        var value = String(trimmed)
        while value.last?.isWhitespace == true { value.removeLast() }
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        secret = value
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `"APIKey(redacted)"`.
    public var description: String { "APIKey(redacted)" }
    /// As ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
