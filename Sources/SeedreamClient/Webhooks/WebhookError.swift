/// Why a webhook is not to be believed.
public enum WebhookError: Error, Hashable, Sendable {
    /// A header field that the host sends is not there.
    case missingHeader(String)
    /// Someone else wrote it, or it was changed on the way.
    case badSignature
    /// It is signed, and not what the host documents.
    case malformed(String)
    /// It was signed too long ago, or too far ahead.
    case stale(seconds: Int)
    /// The key that signed it is not known.
    case unknownKey
}
