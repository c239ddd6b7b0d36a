import Cryptography
import SeedreamClient

/// A webhook with a signature made by Python's `cryptography`, with a key that is not fal's, and
/// functions to sign others.
enum FalWebhookSample {
    static let keySet =
        #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"H9AwECbJ0U-4-FFQM7tmipqJ9On4WrE9NaIEI1CAY-U"}]}"#
    static let requestID = "764cabcf-b745-4b3e-ae38-1200304cf45b"
    static let time = 1_760_000_000.0
    static let body = Array(
        (#"{"request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","gateway_request_id":"764cabcf-b745-4b3e-ae38-1200304cf45b","#
            + #""status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/b/0a8c9d5e/x.png"}],"seed":1}}"#)
            .utf8)
    static let fields: [(String, String)] = [
        ("Content-Type", "application/json"), ("X-Fal-Webhook-Request-Id", requestID),
        ("X-Fal-Webhook-User-Id", "github|123"), ("X-Fal-Webhook-Timestamp", "1760000000"),
        (
            "X-Fal-Webhook-Signature",
            "04ab4b8a84baac69d3159de47d6c20644d7ad903d7ebdc97fd2c869e02c24978"
                + "0e7a5be4395ec24187954a69ad11c7af916b783c21e03c84543b890cb63c8102"
        ),
    ]

    static func keys() throws -> FalKeySet { try FalKeySet(parsing: Array(keySet.utf8)) }

    /// Returns a verifier with a fixed clock.
    static func verifier(at time: Double = time, replays: WebhookReplayGuard? = nil) -> FalWebhookVerifier {
        FalWebhookVerifier(replays: replays, now: { time })
    }

    /// Returns the header fields with one value changed or removed.
    static func fields(_ name: String, _ change: (String) -> String?) -> [(String, String)] {
        fields.compactMap { pair in
            pair.0 == "X-Fal-Webhook-\(name)" ? change(pair.1).map { (pair.0, $0) } : pair
        }
    }

    /// Returns a webhook with another body, signed by another key.
    static func signed(_ text: String, user: String = "u", by key: SigningKey) throws -> (
        fields: [(String, String)], body: [UInt8]
    ) {
        let body = Array(text.utf8)
        let message = [requestID, user, "1760000000", SHA256Digest(body).hexadecimal].joined(separator: "\n")
        let signature = Hexadecimal.text(try key.signature(of: Array(message.utf8)))
        return (
            [
                ("X-Fal-Webhook-Request-Id", requestID), ("X-Fal-Webhook-User-Id", user),
                ("X-Fal-Webhook-Timestamp", "1760000000"), ("X-Fal-Webhook-Signature", signature),
            ], body
        )
    }

    /// Returns a key set as fal serves it.
    static func keySet(of keys: [SigningKey]) -> String {
        let items = keys.map { key in
            let x = base64URL(key.publicKey)
            return #"{"kty":"OKP","crv":"Ed25519","use":"sig","x":"\#(x)"}"#
        }
        return #"{"keys":[\#(items.joined(separator: ","))]}"#
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var text = ""
        var bits = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[bits >> count & 63])
            }
        }
        if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
        return text
    }
}
