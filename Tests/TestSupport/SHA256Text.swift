private import Cryptography

/// Returns the SHA-256 of the bytes as 64 lower-case hexadecimal digits.
public func sha256Text(_ bytes: some Sequence<UInt8>) -> String { SHA256Digest(Array(bytes)).hexadecimal }
