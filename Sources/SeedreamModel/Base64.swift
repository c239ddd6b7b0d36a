/// The standard alphabet with padding (RFC 4648, section 4).
///
/// A table of all 4096 pairs of characters stays in the first-level cache and encodes two to three times as fast as
/// Foundation, which also would need the whole text at once; see `benchmarks/`.
enum Base64 {
    /// For each 12 bits, their two characters, the first in the low byte.
    private static let pairs: [UInt16] = {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return (0..<4096).map { UInt16(alphabet[$0 >> 6]) | UInt16(alphabet[$0 & 63]) << 8 }
    }()

    /// Encodes all of `source`, with padding if its count is no multiple of three.
    ///
    /// - Precondition: `target` has room for four characters for each three bytes begun.
    /// - Returns: The number of characters written.
    static func encode(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
        precondition(target.count >= (source.count + 2) / 3 * 4, "base64 target too small")
        return pairs.withUnsafeBufferPointer { pairs in
            var input = 0
            var output = 0
            // Six bytes at once, of eight that are read.
            while input + 8 <= source.count {
                let bits = source.loadUnaligned(fromByteOffset: input, as: UInt64.self).bigEndian
                func pair(_ shift: UInt64) -> UInt64 {
                    UInt64(pairs[Int(truncatingIfNeeded: bits &>> shift & 0xFFF)])
                }
                let text = pair(52) | pair(40) &<< 16 | pair(28) &<< 32 | pair(16) &<< 48
                target.storeBytes(of: text.littleEndian, toByteOffset: output, as: UInt64.self)
                input &+= 6
                output &+= 8
            }
            while input + 3 <= source.count {
                let bits = Int(source[input]) << 16 | Int(source[input + 1]) << 8 | Int(source[input + 2])
                let text = UInt32(pairs[bits >> 12]) | UInt32(pairs[bits & 0xFFF]) << 16
                target.storeBytes(of: text.littleEndian, toByteOffset: output, as: UInt32.self)
                input += 3
                output += 4
            }
            let left = source.count - input
            guard left > 0 else { return output }
            let bits = Int(source[input]) << 16 | (left == 2 ? Int(source[input + 1]) << 8 : 0)
            let padding = UInt8(ascii: "=")
            target.storeBytes(of: pairs[bits >> 12].littleEndian, toByteOffset: output, as: UInt16.self)
            target[output + 2] = left == 2 ? UInt8(truncatingIfNeeded: pairs[bits & 0xFFF]) : padding
            target[output + 3] = padding
            return output + 4
        }
    }
}
