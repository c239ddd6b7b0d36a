import Cryptography
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// fal's webhook signature: Ed25519 over the request ID, the user ID, the time and the body's
/// digest.
struct FalSignature: Sendable {
    /// The user ID, sent as `X-Fal-Webhook-User-Id`.
    static let user = "emulator|1"
    private let key: SigningKey

    /// Creates a random key.
    init() throws {
        key = try SigningKey(seed: (0..<32).map { _ in UInt8.random(in: 0...255) })
    }

    /// Returns the headers of a delivery.
    func headers(requestID: String, body: [UInt8], at time: Int) throws -> [(name: String, value: String)] {
        let message = [requestID, Self.user, "\(time)", SHA256Digest(body).hexadecimal].joined(
            separator: "\n")
        return [
            ("Content-Type", "application/json"), ("X-Fal-Webhook-Request-Id", requestID),
            ("X-Fal-Webhook-User-Id", Self.user), ("X-Fal-Webhook-Timestamp", "\(time)"),
            ("X-Fal-Webhook-Signature", Hexadecimal.text(try key.signature(of: Array(message.utf8)))),
        ]
    }

    /// The key set that a receiver fetches (RFC 7517, RFC 8037).
    var keySet: JSONValue {
        let x = Data(key.publicKey).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return ["keys": [["kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": .string(x)]]]
    }
}
