private import CCrypto

/// Verification with an Ed25519 public key (RFC 8032).
package enum VerifyingKey {
    /// Returns whether `signature` (64 bytes) over `message` was made with the private key of
    /// `publicKey` (32 bytes).
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

/// Comparison in constant time: its duration does not reveal where two byte sequences differ.
package enum ConstantTime {
    /// Returns whether both contain the same bytes. Only a difference in length returns early.
    package static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
