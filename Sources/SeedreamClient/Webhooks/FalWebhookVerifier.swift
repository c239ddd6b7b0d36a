import Cryptography
public import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Verifies what fal posts to a webhook: Ed25519 over
/// `request id \n user id \n time \n hexadecimal SHA-256 of the body`.
///
/// ```swift
/// let verifier = FalWebhookVerifier(replays: WebhookReplayGuard())
/// let keys = FalKeySetCache(transport: transport)
/// let webhook = try await verifier.verify(fields, body: body, with: keys)
/// ```
///
/// - SeeAlso: `contracts/providers.md`, section 2.6;
///   https://fal.ai/docs/documentation/model-apis/inference/webhooks.
public struct FalWebhookVerifier: Sendable {
    /// Seconds that a signature may be old, or ahead of this clock. 300 by default, as fal's
    /// documents say.
    public var tolerance = 300.0
    /// Refuses what was seen before; none by default.
    public var replays: WebhookReplayGuard?
    /// The time in seconds since 1970. This machine's clock by default.
    public var now: @Sendable () -> Double

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - replays: Refuses what was seen before. fal may deliver a webhook again that was not
    ///     answered with 2xx; what was let in and
    ///     could not be worked on is let in again after ``forget(_:)``.
    ///   - now: The time in seconds since 1970; `nil`: this machine's clock.
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
    ///   - fields: The header fields as they came.
    ///   - body: The body as it came, before anything parsed it.
    ///   - keys: fal's.
    /// - Throws: ``WebhookError``, by case.
    public func verify(
        _ fields: HTTPFields, body: [UInt8], with keys: FalKeySet
    ) throws(WebhookError) -> FalWebhook {
        try verify(fields.map { ($0.name.rawName, $0.value) }, body: body, with: keys)
    }

    /// Verifies a webhook whose header fields are pairs of name and value, as many servers have
    /// them. Names may be in any case.
    ///
    /// - Throws: ``WebhookError``, by case.
    public func verify(
        _ fields: [(String, String)], body: [UInt8], with keys: FalKeySet
    ) throws(WebhookError) -> FalWebhook {
        let message = try message(fields, body)
        guard !keys.isEmpty else { throw .noKey }
        guard message.isSigned(by: keys) else { throw .badSignature }
        return try admit(message, body)
    }

    /// Verifies a webhook by fal's current keys, which are fetched at need.
    ///
    /// - Throws: ``WebhookError``, by case; ``ClientError`` where the keys cannot be fetched.
    public func verify(
        _ fields: HTTPFields, body: [UInt8], with cache: FalKeySetCache
    ) async throws -> FalWebhook {
        try await verify(fields.map { ($0.name.rawName, $0.value) }, body: body, with: cache)
    }

    /// Verifies a webhook whose header fields are pairs by fal's current keys.
    ///
    /// - Throws: ``WebhookError``, by case; ``ClientError`` where the keys cannot be fetched.
    public func verify(
        _ fields: [(String, String)], body: [UInt8], with cache: FalKeySetCache
    ) async throws -> FalWebhook {
        // What is malformed or stale fetches no keys.
        let message = try message(fields, body)
        var keys = try await cache.keys()
        if !message.isSigned(by: keys) {
            // fal may have a new key; whoever posts junk must not make us fetch without end.
            guard let newer = try await cache.keys(insteadOf: keys), message.isSigned(by: newer) else {
                throw keys.isEmpty ? WebhookError.noKey : .badSignature
            }
            keys = newer
        }
        return try admit(message, body)
    }

    /// Lets a webhook in again that was verified and could not be worked on.
    public func forget(_ webhook: FalWebhook) { replays?.forget(webhook.identity) }

    /// What is signed, and by what.
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
            // A line break would move the borders between the parts that are signed.
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
        // The message, not the signature: one message may have several.
        let identity = SHA256Digest(message.text).bytes
        guard
            let webhook = FalWebhook(
                body, userID: message.userID, timestamp: message.timestamp, identity: identity)
        else {
            throw .malformed(
                "expected JSON with \"request_id\" and \"status\", found \(body.count) bytes of something else"
            )
        }
        guard replays?.admit(identity, now: now()) ?? true else { throw .replayed }
        return webhook
    }
}
