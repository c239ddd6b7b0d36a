internal import Cryptography
public import HTTPTypes
import SeedreamModel

/// Verifies and reads Apiframe's webhooks: HMAC-SHA256 of the body, with the SHA-256 of the API key
/// as its key; `contracts/providers.md`, section 5.6.
///
/// The host signs with the key that the job was ordered with.
public struct ApiframeWebhookVerifier: Sendable {
    /// The header field that holds the signature.
    public static let signatureField = "X-Webhook-Signature"

    private let key: [UInt8]

    /// Makes a verifier for the jobs of a key. The key itself is not kept.
    public init(key: APIKey) { self.key = SHA256Digest(Array(key.secret.utf8)).bytes }

    /// Verifies a webhook and reads it.
    ///
    /// - Parameters:
    ///   - fields: The header fields as they came.
    ///   - body: The body as it came, byte for byte; a parsed and rewritten one has another
    ///     signature.
    /// - Throws: ``WebhookError``: a missing header field, a bad signature, or a signed body that
    ///   holds no job.
    public func verify(_ fields: HTTPFields, body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        try verify(fields.map { ($0.name.rawName, $0.value) }, body: body)
    }

    /// Verifies a webhook whose header fields are pairs of name and value, as many servers have
    /// them. Names may be in any case.
    ///
    /// - Throws: ``WebhookError``: a missing header field, or two of it, a bad signature, or a
    ///   signed body that holds no job.
    public func verify(_ fields: [(String, String)], body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        let name = Self.signatureField
        let values = fields.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
        guard let value = values.first else { throw .missingHeader(name) }
        guard values.count == 1 else {
            throw .malformed("expected one header field \(name), found \(values.count)")
        }
        return try verify(signature: value, body: body)
    }

    /// Verifies a webhook and reads it.
    ///
    /// - Parameters:
    ///   - signature: The value of ``signatureField``, with or without `sha256=` before its 64
    ///     hexadecimal digits.
    ///   - body: The body as it came, byte for byte.
    /// - Throws: ``WebhookError``: a bad signature, or a signed body that holds no job.
    public func verify(signature: String, body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        let digits = signature.hasPrefix("sha256=") ? signature.dropFirst(7) : signature[...]
        guard let claimed = Hexadecimal.bytes(digits),
            ConstantTime.equals(claimed, MessageAuthenticationCode.sha256(body, key: key))
        else { throw .badSignature }
        guard let json = try? JSONValue(parsing: body), let job = ApiframeJob(json) else {
            throw .malformed("expected a JSON object, found \(body.count) bytes of something else")
        }
        guard let id = json["jobId"]?.string, !id.isEmpty else {
            throw .malformed("expected \"jobId\", found none")
        }
        let event = Self.event(json, job)
        return ApiframeWebhook(
            event: event, jobID: id, status: job.status, progress: job.progress,
            result: job.images.isEmpty ? nil : job.result(requestID: id), creditCost: job.creditCost,
            error: event == .failed
                ? job.failure(status: nil, operation: .apiframe(.webhook), requestID: id) : nil)
    }

    /// `event` in the documents, `type` in the host's own library; without either, what the status
    /// says.
    private static func event(_ json: JSONValue, _ job: ApiframeJob) -> ApiframeWebhook.Event {
        switch json["event"]?.string ?? json["type"]?.string ?? "" {
        case "progress": .progress
        case "completed": .completed
        case "failed": .failed
        case "":
            switch job.status {
            case "COMPLETED": .completed
            case "FAILED": .failed
            default: .progress
            }
        case let word: .other(word)
        }
    }
}

extension ApiframeWebhookVerifier: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `"ApiframeWebhookVerifier(redacted)"`: with what it holds, webhooks can be forged.
    public var description: String { "ApiframeWebhookVerifier(redacted)" }
    /// As ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
