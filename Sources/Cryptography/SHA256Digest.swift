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
