private import CCrypto

/// HMAC-SHA256 (RFC 2104).
package enum MessageAuthenticationCode {
    /// 32 bytes over all of `message`.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var length: UInt32 = 0
        guard HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length) != nil else {
            // libcrypto fails here only without memory.
            fatalError("libcrypto gave no HMAC")
        }
        return code
    }
}
