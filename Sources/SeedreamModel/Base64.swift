private import VectorBase64

/// The standard alphabet with padding (RFC 4648, section 4).
///
/// Blocks of 24 bytes go through vector instructions, some 20 GB in a second with AVX2 (a table of
/// all pairs of characters: 4, Foundation: 1, and it would need the whole text at once); see
/// `benchmarks/`.
package enum Base64 {
    /// The vector instructions that may be used.
    package enum Level: CaseIterable, Sendable {
        /// Those of every processor of the platform.
        case baseline
        /// As well as AVX2, of most x86-64 processors since 2013.
        case avx2

        /// The fastest of this processor.
        package static let best = vector_base64_best_level() == VECTOR_BASE64_AVX2 ? avx2 : baseline

        fileprivate var bridged: vector_base64_level {
            self == .avx2 ? VECTOR_BASE64_AVX2 : VECTOR_BASE64_BASELINE
        }
    }

    static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Encodes all of `source`, with padding if its count is no multiple of three.
    ///
    /// - Parameter level: The processor's best by default; one that it lacks ends the process.
    /// - Precondition: `target` has room for four characters for each three bytes begun.
    /// - Returns: The number of characters written.
    package static func encode(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, level: Level = .best
    ) -> Int {
        precondition(target.count >= (source.count + 2) / 3 * 4, "base64 target too small")
        var input = encodeBlocks(source, into: target, level: level)
        var output = input / 3 * 4
        while input < source.count {
            let left = source.count - input
            let bits =
                Int(source[input]) << 16 | (left > 1 ? Int(source[input + 1]) << 8 : 0)
                | (left > 2 ? Int(source[input + 2]) : 0)
            target[output] = alphabet[bits >> 18]
            target[output + 1] = alphabet[bits >> 12 & 63]
            target[output + 2] = left > 1 ? alphabet[bits >> 6 & 63] : UInt8(ascii: "=")
            target[output + 3] = left > 2 ? alphabet[bits & 63] : UInt8(ascii: "=")
            input += 3
            output += 4
        }
        return output
    }

    /// Encodes all but some bytes at the end, and returns how many: a multiple of three.
    private static func encodeBlocks(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, level: Level
    ) -> Int {
        guard let bytes = source.baseAddress, let characters = target.baseAddress else { return 0 }
        return vector_base64_encode_blocks(
            level.bridged, bytes.assumingMemoryBound(to: UInt8.self), source.count,
            characters.assumingMemoryBound(to: UInt8.self))
    }
}
