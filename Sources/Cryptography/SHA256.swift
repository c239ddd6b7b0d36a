private import CCrypto

/// A SHA-256, taken by libcrypto, which uses the processor's instructions for it.
package struct SHA256Digest: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The digest of all of `data`.
    package init(_ data: UnsafeRawBufferPointer) {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        _ = SHA256(data.baseAddress?.assumingMemoryBound(to: UInt8.self), data.count, &digest)
        bytes = digest
    }

    /// The digest of all of `data`.
    package init(_ data: [UInt8]) { self = data.withUnsafeBytes { SHA256Digest($0) } }

    /// A digest that was taken elsewhere.
    init(digest: [UInt8]) { bytes = digest }

    /// 64 lower-case hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.text(bytes) }
}

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
