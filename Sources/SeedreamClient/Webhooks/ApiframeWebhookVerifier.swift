import Cryptography
public import HTTPTypes
public import SeedreamModel

/// Verifies and parses Apiframe's webhooks: HMAC-SHA256 of the body, whose key is the SHA-256 of
/// the API key; see `docs/providers.md`, "Apiframe: webhooks".
///
/// The provider signs with the API key that submitted the job.
public struct ApiframeWebhookVerifier: Sendable {
    /// The name of the header field that holds the signature.
    public static let signatureField = "X-Webhook-Signature"

    private let key: [UInt8]

    /// Creates a verifier for the jobs of an API key. The key itself is not stored.
    public init(key: APIKey) { self.key = SHA256Digest(Array(key.secret.utf8)).bytes }

    /// Verifies and parses a webhook.
    ///
    /// - Parameters:
    ///   - fields: The header fields as received.
    ///   - body: The body as received, byte for byte; a body that was parsed and written again has
    ///     another signature.
    /// - Throws: ``WebhookError``: a missing header field, a bad signature, or a signed body that
    ///   contains no job.
    public func verify(_ fields: HTTPFields, body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        try verify(fields.map { ($0.name.rawName, $0.value) }, body: body)
    }

    /// Verifies and parses a webhook whose header fields are pairs of name and value, as in many
    /// servers. The case of names is ignored.
    ///
    /// - Throws: ``WebhookError``: a missing or duplicate header field, a bad signature, or a
    ///   signed body that contains no job.
    public func verify(_ fields: [(String, String)], body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        let name = Self.signatureField
        let values = fields.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
        guard let value = values.first else { throw .missingHeader(name) }
        guard values.count == 1 else {
            throw .malformed("expected one header field \(name), found \(values.count)")
        }
        return try verify(signature: value, body: body)
    }

    /// Verifies and parses a webhook.
    ///
    /// - Parameters:
    ///   - signature: The value of ``signatureField``, with or without `sha256=` before its 64
    ///     hexadecimal digits.
    ///   - body: The body as received, byte for byte.
    /// - Throws: ``WebhookError``: a bad signature, or a signed body that contains no job.
    public func verify(signature: String, body: [UInt8]) throws(WebhookError) -> ApiframeWebhook {
        let digits = signature.hasPrefix("sha256=") ? signature.dropFirst(7) : signature[...]
        guard let claimed = Hexadecimal.bytes(digits),
            ConstantTime.equals(claimed, MessageAuthenticationCode.sha256(body, key: key))
        else { throw .badSignature }
        guard let json = try? JSONValue(parsing: body), let job = ApiframeJob(json) else {
            throw .malformed("expected a JSON object, found \(body.count) bytes of other data")
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

    /// Returns the event: `event` in the documentation, `type` in the provider's own library.
    /// Without either, the status decides.
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
    /// Always `"ApiframeWebhookVerifier(redacted)"`: its contents allow forging webhooks.
    public var description: String { "ApiframeWebhookVerifier(redacted)" }
    /// The same text as ``description``.
    public var debugDescription: String { description }
    /// No children, so that `dump` prints no key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A webhook of Apiframe about a job. Only ``ApiframeWebhookVerifier`` creates one, so every
/// instance is verified.
///
/// It contains no time of sending, so a replay cannot be detected: process each job ID once.
public struct ApiframeWebhook: Hashable, Sendable {
    /// The event that a webhook reports.
    public enum Event: Hashable, Sendable {
        /// The job made progress.
        case progress
        /// The images are ready.
        case completed
        /// The job failed; it is not billed.
        case failed
        /// An event that this version does not know.
        case other(String)
    }

    /// The event.
    public let event: Event
    /// The provider's job ID: ``JobTicket/requestID``.
    public let jobID: String
    /// The provider's status, such as `COMPLETED`.
    public let status: String?
    /// The progress from 0 to 1.
    public let progress: Double?
    /// The images, if there are any.
    public let result: GenerationResult?
    /// The cost of the job in credits.
    public let creditCost: Double?
    /// The error of a failed job.
    public let error: ClientError?
}
