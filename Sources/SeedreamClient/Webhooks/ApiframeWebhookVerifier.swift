internal import Cryptography
public import HTTPTypes
import SeedreamModel

/// Verifies and reads Apiframe's webhooks: HMAC-SHA256 of the body, with the SHA-256 of the API key as its key;
/// `contracts/providers.md`, section 5.6.
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
    ///   - body: The body as it came, byte for byte; a parsed and rewritten one has another signature.
    ///   - fields: The header fields that came with it.
    /// - Throws: ``WebhookError/missingHeader(_:)``, ``WebhookError/badSignature``, or, of a signed body that holds no job,
    ///   ``WebhookError/malformed(_:)``.
    public func verify(body: [UInt8], fields: HTTPFields) throws(WebhookError) -> ApiframeWebhook {
        guard let signature = HTTPField.Name(Self.signatureField).flatMap({ fields[$0] }) else {
            throw .missingHeader(Self.signatureField)
        }
        return try verify(body: body, signature: signature)
    }

    /// Verifies a webhook and reads it.
    ///
    /// - Parameters:
    ///   - body: The body as it came, byte for byte.
    ///   - signature: The value of ``signatureField``, with or without `sha256=` before its 64 hexadecimal digits.
    /// - Throws: ``WebhookError/badSignature``, or, of a signed body that holds no job, ``WebhookError/malformed(_:)``.
    public func verify(body: [UInt8], signature: String) throws(WebhookError) -> ApiframeWebhook {
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
                ? job.failure(status: nil, operation: "apiframe.webhook", requestID: id) : nil)
    }

    /// `event` in the documents, `type` in the host's own library; without either, what the status says.
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
