public import SeedreamModel

/// The reason why a webhook is rejected. Its content must not be used.
public enum WebhookError: ErrorWithRemedy, Hashable, Sendable {
    /// A header field with the signature, or with a signed part, is missing.
    case missingHeader(String)
    /// A header field, the body or a key set is malformed. The text states which, and what was
    /// expected.
    case malformed(String)
    /// The signature is too old, or too far in the future. Both values in seconds; the age is
    /// negative for a future time.
    case stale(age: Double, maximum: Double)
    /// The signature matches none of the keys.
    case badSignature
    /// There is no key to verify the signature with.
    case noKey
    /// The webhook was received before. A provider that repeats a delivery expects a success reply.
    case replayed
}

extension WebhookError: CustomStringConvertible {
    /// The expected and the found value, on one line; never the body or a signature.
    public var description: String {
        switch self {
        case .missingHeader(let name): "expected the header field \(name), found none"
        case .malformed(let text): text
        case .stale(let age, let maximum):
            age < 0
                ? "expected a webhook signed at most \(Self.seconds(maximum)) ahead of this clock, found \(Self.seconds(-age))"
                : "expected a webhook signed at most \(Self.seconds(maximum)) ago, found \(Self.seconds(age))"
        case .badSignature: "the signature matches none of the keys, or belongs to another message"
        case .noKey: "expected a key to verify with, found none"
        case .replayed: "the webhook was received before"
        }
    }

    /// The action that resolves the error.
    public var remedy: Remedy {
        switch self {
        case .missingHeader, .malformed, .badSignature:
            "answer 401 and do nothing; pass the body exactly as received, before any parsing"
        case .stale: "answer 401 and do nothing; check this machine's clock"
        case .noKey: "fetch the provider's keys, or check those of the account"
        case .replayed: "answer 200 and do nothing"
        }
    }

    private static func seconds(_ value: Double) -> String { "\(Int(value.rounded())) s" }
}
