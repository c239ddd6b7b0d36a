private import CCrypto
public import SeedreamModel

/// SHA-256 by libcrypto, which uses the processor's instructions for it.
enum SHA256Digest {
    /// 64 lower-case hexadecimal digits.
    static func hexadecimal(of bytes: EncodedBytes) -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        bytes.withBytes { all in
            _ = SHA256(all.baseAddress?.assumingMemoryBound(to: UInt8.self), all.count, &digest)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension PreparedImage {
    /// The SHA-256 of ``bytes``, 64 lower-case hexadecimal digits. Taken at each call, since passing a picture through costs
    /// less than that.
    public var sha256: String { SHA256Digest.hexadecimal(of: bytes) }
}
