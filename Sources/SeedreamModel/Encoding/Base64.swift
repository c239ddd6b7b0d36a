private import VectorBase64

/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
///
/// Blocks of 24 bytes are encoded with vector instructions: about 20 GB per second with AVX2. A
/// table of all character pairs reaches 4 GB per second; Foundation reaches 1 and needs the whole
/// text at once. See `benchmarks/`.
package enum Base64 {
    /// A set of vector instructions.
    package enum Level: CaseIterable, Sendable {
        /// The instructions that every processor of the platform has.
        case baseline
        /// The baseline and AVX2, which most x86-64 processors since 2013 have.
        case avx2

        /// The fastest level this processor supports.
        package static let best = vector_base64_best_level() == VECTOR_BASE64_AVX2 ? avx2 : baseline

        fileprivate var bridged: vector_base64_level {
            self == .avx2 ? VECTOR_BASE64_AVX2 : VECTOR_BASE64_BASELINE
        }
    }

    static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Encodes all of `source`, and pads the result if the byte count is not a multiple of three.
    ///
    /// - Parameter level: Default: the processor's best. The process crashes if the processor lacks
    ///   it.
    /// - Precondition: `target` has room for four characters per three bytes or part of them.
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

    /// Encodes whole blocks and returns the number of bytes encoded, a multiple of three. A few
    /// bytes at the end may remain.
    private static func encodeBlocks(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, level: Level
    ) -> Int {
        guard let bytes = source.baseAddress, let characters = target.baseAddress else { return 0 }
        return vector_base64_encode_blocks(
            level.bridged, bytes.assumingMemoryBound(to: UInt8.self), source.count,
            characters.assumingMemoryBound(to: UInt8.self))
    }
}

extension Base64 {
    /// The entry in ``values`` for a byte outside the alphabet.
    private static let none: UInt8 = 0xFF

    /// The six-bit value of each character, indexed by byte.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: none, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Returns the decoded bytes, or `nil` if the text contains a byte outside the alphabet (a line
    /// break, for example) or its last group is not padded with `=`.
    ///
    /// Excess `=` and unused bits are ignored, as in Foundation. This decoder replaces
    /// Foundation's, which alone would add two megabytes to the process.
    package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let count = text.count - padding
        let needed = [0, 3, 2, 1][count % 4]
        guard count % 4 != 1, padding >= needed, count > 0 || padding == 0 else { return nil }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count * 3 / 4) { target, filled in
            values.withUnsafeBufferPointer { values in
                var seen: UInt8 = 0
                var input = 0
                func next() -> UInt32 {
                    let value = values[Int(text[input])]
                    seen |= value
                    input &+= 1
                    return UInt32(value)
                }
                for _ in 0..<count / 4 {
                    let bits = next() << 18 | next() << 12 | next() << 6 | next()
                    target[filled] = UInt8(truncatingIfNeeded: bits >> 16)
                    target[filled + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    target[filled + 2] = UInt8(truncatingIfNeeded: bits)
                    filled += 3
                }
                if needed > 0 {
                    let bits = next() << 18 | next() << 12 | (needed == 1 ? next() << 6 : 0)
                    target[filled] = UInt8(truncatingIfNeeded: bits >> 16)
                    if needed == 1 { target[filled + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
                    filled += 3 - needed
                }
                // Valid values have six bits; the entry for an invalid byte has eight.
                isValid = seen < 64
            }
        }
        return isValid ? bytes : nil
    }
}
