private import CCrypto

/// An Ed25519 key that verifies (RFC 8032).
package enum VerifyingKey {
    /// Whether `signature` (64 bytes) over `message` was made with the private half of `publicKey`
    /// (32 bytes).
    package static func isValid(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count) else {
            ERR_clear_error()
            return false
        }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
            ERR_clear_error()
        }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Comparisons whose duration tells nothing about where two texts differ.
package enum ConstantTime {
    /// Whether both hold the same bytes. Only a difference in length is seen at once.
    package static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
