import Cryptography

/// Apiframe's signature of webhooks: HMAC-SHA256 under the digest of the API key.
enum ApiframeSignature {
    /// `X-Webhook-Signature`.
    static func header(body: [UInt8], apiKey: String) -> String {
        let key = SHA256Digest(Array(apiKey.utf8)).bytes
        return "sha256=" + Hexadecimal.text(MessageAuthenticationCode.sha256(body, key: key))
    }
}
