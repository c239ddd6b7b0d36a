/// The API key of an account. Never printed and never encoded.
public struct APIKey: Sendable {
    /// The key itself, for the one header field that carries it.
    package let secret: String

    /// Creates a key, without surrounding white space.
    ///
    /// - Returns: `nil` if the text is empty or contains a character that is not printable ASCII.
    public init?(_ text: String) {
        let trimmed = text.drop(while: \.isWhitespace)
        var value = String(trimmed)
        while value.last?.isWhitespace == true { value.removeLast() }
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        secret = value
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `"APIKey(redacted)"`.
    public var description: String { "APIKey(redacted)" }
    /// The same text as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
