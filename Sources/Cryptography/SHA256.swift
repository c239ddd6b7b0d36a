private import CCrypto

/// A SHA-256 digest, computed by libcrypto with the processor's instructions for it.
package struct SHA256Digest: Hashable, Sendable {
    /// The digest, 32 bytes.
    package let bytes: [UInt8]

    /// Computes the digest of `data`.
    package init(_ data: UnsafeRawBufferPointer) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = SHA256(data.baseAddress?.assumingMemoryBound(to: UInt8.self), data.count, &digest)
        bytes = digest
    }

    /// Computes the digest of `data`.
    package init(_ data: [UInt8]) { self = data.withUnsafeBytes { SHA256Digest($0) } }

    /// Creates a digest from its 32 bytes.
    init(digest: [UInt8]) { bytes = digest }

    /// The digest as 64 lower-case hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.text(bytes) }
}

/// An incremental SHA-256.
package struct SHA256Stream: ~Copyable {
    private let context: OpaquePointer

    /// Creates a stream without bytes.
    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            // libcrypto fails here only if memory runs out.
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

    /// Discards all bytes.
    package mutating func reset() {
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            fatalError("libcrypto gave no SHA-256")
        }
    }

    /// Returns the digest of all bytes so far, and resets the stream.
    package mutating func finish() -> SHA256Digest {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else {
            fatalError("libcrypto gave no SHA-256")
        }
        reset()
        return SHA256Digest(digest: digest)
    }
}

/// HMAC-SHA256 (RFC 2104).
package enum MessageAuthenticationCode {
    /// Returns the code of `message`, 32 bytes.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var length: UInt32 = 0
        guard HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length) != nil else {
            // libcrypto fails here only if memory runs out.
            fatalError("libcrypto gave no HMAC")
        }
        return code
    }
}
