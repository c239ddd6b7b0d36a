public import SeedreamModel

/// Why a webhook is not believed. Nothing in it is to be acted on.
public enum WebhookError: ErrorWithRemedy, Hashable, Sendable {
    /// A header field that carries the signature, or a part of what is signed, is absent.
    case missingHeader(String)
    /// A header field, the body or a key set is not what it should be; the text says which, and
    /// what was expected.
    case malformed(String)
    /// It was signed too long ago, or too far in the future. Both in seconds; the age is below 0
    /// for a time to come.
    case stale(age: Double, maximum: Double)
    /// No key made the signature.
    case badSignature
    /// There is no key to verify it with.
    case noKey
    /// It was seen before. A host that repeats a delivery expects to be told that it arrived.
    case replayed
}

extension WebhookError: CustomStringConvertible {
    /// Expected and found, one line; never the body or a signature.
    public var description: String {
        switch self {
        case .missingHeader(let name): "expected the header field \(name), found none"
        case .malformed(let text): text
        case .stale(let age, let maximum):
            age < 0
                ? "expected a webhook signed at most \(Self.seconds(maximum)) ahead of this clock, found \(Self.seconds(-age))"
                : "expected a webhook signed at most \(Self.seconds(maximum)) ago, found \(Self.seconds(age))"
        case .badSignature: "the signature was made by none of the keys, or for another message"
        case .noKey: "expected a key to verify with, found none"
        case .replayed: "the webhook was seen before"
        }
    }

    /// What to do about it.
    public var remedy: Remedy {
        switch self {
        case .missingHeader, .malformed, .badSignature:
            "answer 401 and do nothing; hand over the body as it came, before anything parses it"
        case .stale: "answer 401 and do nothing; check this machine's clock"
        case .noKey: "fetch the host's keys, or check the account's"
        case .replayed: "answer 200 and do nothing"
        }
    }

    private static func seconds(_ value: Double) -> String { "\(Int(value.rounded())) s" }
}
