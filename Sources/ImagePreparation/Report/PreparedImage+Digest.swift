private import Cryptography
public import SeedreamModel

extension PreparedImage {
    /// The SHA-256 of ``bytes``, 64 lower-case hexadecimal digits. Taken at each call, since
    /// passing a picture through costs less than that.
    public var sha256: String { bytes.withBytes { SHA256Digest($0).hexadecimal } }
}
