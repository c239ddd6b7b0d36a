private import CCrypto

/// A SHA-256 of bytes that come in pieces.
package struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    /// Begins with no bytes.
    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // libcrypto fails here only without memory.
            fatalError("libcrypto gave no SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ data: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, data.baseAddress, data.count) == 1 else {
            fatalError("libcrypto took no bytes for a SHA-256")
        }
    }

    /// Adds bytes.
    package mutating func update(_ data: [UInt8]) {
        data.withUnsafeBytes { update($0) }
    }

    /// Forgets all bytes.
    package mutating func reset() {
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto gave no SHA-256")
        }
    }

    /// The digest of all bytes so far; begins anew with none.
    package mutating func finish() -> SHA256Digest {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
            fatalError("libcrypto gave no SHA-256")
        }
        reset()
        return SHA256Digest(digest: digest)
    }
}
