import Cryptography
public import HTTPTypes
public import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies fal's webhooks: Ed25519 over `request ID \n user ID \n time \n hexadecimal SHA-256 of
/// the body`.
///
/// ```swift
/// let verifier = FalWebhookVerifier(replays: WebhookReplayGuard())
/// let keys = FalKeySetCache(transport: transport)
/// let webhook = try await verifier.verify(fields, body: body, with: keys)
/// ```
///
/// - SeeAlso: `docs/providers.md`, "fal: webhooks";
///   https://fal.ai/docs/documentation/model-apis/inference/webhooks.
public struct FalWebhookVerifier: Sendable {
    /// The maximum age of a signature, and its maximum lead over this clock, in seconds. Default:
    /// 300, as in fal's documentation.
    public var tolerance = 300.0
    /// Rejects replays. Default: `nil`.
    public var replays: WebhookReplayGuard?
    /// The time in seconds since 1970. Default: this machine's clock.
    public var now: @Sendable () -> Double

    /// Creates a verifier.
    ///
    /// - Parameters:
    ///   - replays: Rejects replays. fal repeats a delivery that was not answered with 2xx; if a
    ///     verified webhook could not be processed, ``forget(_:)`` admits it again.
    ///   - now: The time in seconds since 1970. Default: `nil`, this machine's clock.
    public init(
        replays: WebhookReplayGuard? = nil,
        now: (@Sendable () -> Double)? = nil
    ) {
        self.replays = replays
        self.now = now ?? { Date().timeIntervalSince1970 }
    }

    /// Verifies a webhook.
    ///
    /// - Parameters:
    ///   - fields: The header fields as received.
    ///   - body: The body as received, before any parsing.
    ///   - keys: fal's public keys.
    /// - Throws: ``WebhookError``.
    public func verify(
        _ fields: HTTPFields, body: [UInt8], with keys: FalKeySet
    ) throws(WebhookError) -> FalWebhook {
        try verify(fields.map { ($0.name.rawName, $0.value) }, body: body, with: keys)
    }

    /// Verifies a webhook whose header fields are pairs of name and value, as in many servers. The
    /// case of names is ignored.
    ///
    /// - Throws: ``WebhookError``.
    public func verify(
        _ fields: [(String, String)], body: [UInt8], with keys: FalKeySet
    ) throws(WebhookError) -> FalWebhook {
        let message = try message(fields, body)
        guard !keys.isEmpty else { throw .noKey }
        guard message.isSigned(by: keys) else { throw .badSignature }
        return try admit(message, body)
    }

    /// Verifies a webhook with fal's current keys, which are fetched if necessary.
    ///
    /// - Throws: ``WebhookError``; ``ClientError`` if the keys cannot be fetched.
    public func verify(
        _ fields: HTTPFields, body: [UInt8], with cache: FalKeySetCache
    ) async throws -> FalWebhook {
        try await verify(fields.map { ($0.name.rawName, $0.value) }, body: body, with: cache)
    }

    /// Verifies a webhook whose header fields are pairs of name and value with fal's current keys.
    ///
    /// - Throws: ``WebhookError``; ``ClientError`` if the keys cannot be fetched.
    public func verify(
        _ fields: [(String, String)], body: [UInt8], with cache: FalKeySetCache
    ) async throws -> FalWebhook {
        // Malformed and stale webhooks cause no fetch.
        let message = try message(fields, body)
        var keys = try await cache.keys()
        if !message.isSigned(by: keys) {
            // fal may have a new key, but forged webhooks must not cause unlimited fetches.
            guard let newer = try await cache.keys(insteadOf: keys), message.isSigned(by: newer) else {
                throw keys.isEmpty ? WebhookError.noKey : .badSignature
            }
            keys = newer
        }
        return try admit(message, body)
    }

    /// Admits a verified webhook again that could not be processed.
    public func forget(_ webhook: FalWebhook) { replays?.forget(webhook.identity) }

    /// The signed message and its signature.
    private struct Message {
        var text: [UInt8]
        var signature: [UInt8]
        var userID: String
        var timestamp: Int

        func isSigned(by keys: FalKeySet) -> Bool {
            keys.keys.contains { VerifyingKey.isValid(signature, of: text, publicKey: $0) }
        }
    }

    private func message(_ fields: [(String, String)], _ body: [UInt8]) throws(WebhookError) -> Message {
        func value(_ name: String) throws(WebhookError) -> String {
            let name = "X-Fal-Webhook-\(name)"
            let values = fields.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
            guard let value = values.first else { throw .missingHeader(name) }
            guard values.count == 1 else {
                throw .malformed("expected one header field \(name), found \(values.count)")
            }
            // A line break would shift the boundaries between the signed parts.
            guard !value.isEmpty, value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { throw .malformed("expected a text in the header field \(name)") }
            return value
        }
        let requestID = try value("Request-Id")
        let userID = try value("User-Id")
        let time = try value("Timestamp")
        let signature = try value("Signature")
        guard time.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let timestamp = Int(time)
        else { throw .malformed("expected whole seconds in the header field X-Fal-Webhook-Timestamp") }
        let age = now() - Double(timestamp)
        guard abs(age) <= tolerance else { throw .stale(age: age, maximum: tolerance) }
        guard let bytes = Hexadecimal.bytes(signature), bytes.count == 64 else {
            throw .malformed(
                "expected 128 hexadecimal digits in the header field X-Fal-Webhook-Signature")
        }
        let text = [requestID, userID, time, SHA256Digest(body).hexadecimal].joined(separator: "\n")
        return Message(
            text: Array(text.utf8), signature: bytes, userID: userID, timestamp: timestamp)
    }

    private func admit(_ message: Message, _ body: [UInt8]) throws(WebhookError) -> FalWebhook {
        // The message, not the signature: one message can have several valid signatures.
        let identity = SHA256Digest(message.text).bytes
        guard
            let webhook = FalWebhook(
                body, userID: message.userID, timestamp: message.timestamp, identity: identity)
        else {
            throw .malformed(
                "expected JSON with \"request_id\" and \"status\", found \(body.count) bytes of other data"
            )
        }
        guard replays?.admit(identity, now: now()) ?? true else { throw .replayed }
        return webhook
    }
}

/// A webhook of fal about a job that has ended. Only ``FalWebhookVerifier`` creates one, so every
/// instance is verified.
///
/// fal repeats a delivery until it is answered with 2xx, so the same job may be reported more than
/// once.
public struct FalWebhook: Hashable, Sendable {
    /// The outcome of a job.
    public enum Status: Hashable, Sendable {
        /// The job succeeded.
        case ok
        /// The job failed.
        case error
        /// A status that this version does not know.
        case other(String)
    }

    /// The job's ID: ``JobTicket/requestID``.
    public let requestID: String
    /// fal's second request ID; `nil` if the body has no such ID.
    public let gatewayRequestID: String?
    /// The outcome of the job.
    public let status: Status
    /// fal's message about a failure.
    public let error: String?
    /// The reason why a successful job has no payload, which is then at the result's URL.
    public let payloadError: String?
    /// The model's output, or the body of its error.
    public let payload: JSONValue?
    /// The images; `nil` if there are none, or if they came inside the payload: the result's URL
    /// has those.
    public let result: GenerationResult?
    /// The error, as in ``JobStatus/Phase/failed(_:)``; `nil` unless ``status`` is
    /// ``Status/error``.
    public let failure: ClientError?
    /// fal's ID of the account.
    public let userID: String
    /// The time of the signature in seconds since 1970.
    public let timestamp: Int
    /// The SHA-256 of the signed message.
    package let identity: [UInt8]

    /// Parses a body whose signature is valid.
    ///
    /// - Returns: `nil` if the body is not JSON, or contains no request ID or status.
    init?(_ body: [UInt8], userID: String, timestamp: Int, identity: [UInt8]) {
        guard let json = try? JSONValue(parsing: body), let id = json["request_id"]?.string,
            let word = json["status"]?.string
        else { return nil }
        requestID = id
        gatewayRequestID = json["gateway_request_id"]?.string
        status =
            switch word {
            case "OK": .ok
            case "ERROR": .error
            default: .other(word)
            }
        error = json["error"]?.string
        payloadError = json["payload_error"]?.string
        if let value = json["payload"], !value.isNull { payload = value } else { payload = Optional.none }
        self.userID = userID
        self.timestamp = timestamp
        self.identity = identity
        var result = status == .ok ? payload.flatMap(FalOutput.result(in:)) : nil
        result?.requestID = id
        self.result = result
        failure = status == .error ? Self.failure(payload, error: error, requestID: id) : nil
    }

    private static func failure(_ payload: JSONValue?, error: String?, requestID: String) -> ClientError {
        let body = FalErrorBody(payload)
        return FalProvider.failedJob(
            code: body.code ?? "", message: body.message ?? error ?? "", field: body.field,
            requestID: requestID)
    }
}
