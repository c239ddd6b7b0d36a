private import CCrypto

/// An Ed25519 key that signs (RFC 8032).
///
/// `@unchecked Sendable`: libcrypto's key is written before `init` returns and only read
/// afterwards; each signature has a context of its own.
package final class SigningKey: @unchecked Sendable {
    private let key: OpaquePointer
    /// 32 bytes.
    package let publicKey: [UInt8]

    /// The key of a seed of 32 bytes.
    package init(seed: [UInt8]) throws(CryptographyError) {
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw .last("reading an Ed25519 seed of \(seed.count) bytes")
        }
        var publicKey = [UInt8](repeating: 0, count: 32)
        var length = publicKey.count
        guard EVP_PKEY_get_raw_public_key(key, &publicKey, &length) == 1 else {
            EVP_PKEY_free(key)
            throw .last("deriving an Ed25519 public key")
        }
        self.key = key
        self.publicKey = publicKey
    }

    deinit { EVP_PKEY_free(key) }

    /// 64 bytes over all of `message`.
    package func signature(of message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var length = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &length, message, message.count) == 1
        else { throw .last("signing") }
        return signature
    }
}
