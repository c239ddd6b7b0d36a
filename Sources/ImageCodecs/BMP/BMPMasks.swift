/// Which bits of a pixel of 16, 24 or 32 bits hold which channel.
struct BMPMasks {
    /// The bits of one channel, next to one another.
    struct Channel {
        /// The lowest bit.
        let shift: UInt32
        /// The largest sample; 0 where there is no such channel.
        let maximum: UInt32

        static let absent = Channel(shift: 0, maximum: 0)

        var isPresent: Bool { maximum > 0 }

        /// - Throws: ``CodecError/corrupt(_:)`` if other bits lie between those of the channel.
        init(mask: UInt32) throws(CodecError) {
            shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
            maximum = mask >> shift
            guard maximum & (maximum &+ 1) == 0 else {
                throw .corrupt("the bits of mask 0x\(String(mask, radix: 16)) are not next to one another")
            }
        }

        fileprivate init(shift: UInt32, maximum: UInt32) { (self.shift, self.maximum) = (shift, maximum) }

        func isSet(in pixel: UInt32) -> Bool { pixel >> shift & maximum != 0 }

        /// The sample of a pixel in the range of 8 bits, rounded to the nearest.
        @inline(__always)
        func sample(of pixel: UInt32) -> UInt8 {
            let value = pixel >> shift & maximum
            guard maximum != 255 else { return UInt8(truncatingIfNeeded: value) }
            guard maximum > 0 else { return 0 }
            let wide = UInt64(maximum)
            return UInt8(truncatingIfNeeded: (UInt64(value) * 255 + wide / 2) / wide)
        }
    }

    let red, green, blue, alpha: Channel

    /// The masks that a file states: red, green, blue and, in some, alpha.
    init(_ values: [Int], bitCount: Int) throws(CodecError) {
        let pixel = UInt32.max >> UInt32(32 - bitCount)
        // Files with masks of bits that a pixel does not have mean none.
        let masks = values.map { UInt32(truncatingIfNeeded: $0) & pixel }
        guard masks.prefix(3).contains(where: { $0 != 0 }) else {
            throw .corrupt("all colour masks are zero")
        }
        (red, green, blue) = (
            try Channel(mask: masks[0]), try Channel(mask: masks[1]), try Channel(mask: masks[2])
        )
        alpha = masks.count > 3 ? try Channel(mask: masks[3]) : .absent
    }

    /// The masks of files that state none but perhaps one for alpha, which counts where it leaves
    /// the colours alone.
    init(bitCount: Int, alpha mask: Int) {
        let bits: UInt32 = bitCount == 16 ? 5 : 8
        let maximum: UInt32 = 1 << bits - 1
        func channel(_ place: UInt32) -> Channel { Channel(shift: place * bits, maximum: maximum) }
        (red, green, blue) = (channel(2), channel(1), channel(0))
        let free = bitCount < 16 ? 0 : (UInt32.max << (3 * bits)) & (UInt32.max >> UInt32(32 - bitCount))
        let mask = UInt32(truncatingIfNeeded: mask)
        alpha = mask & ~free == 0 ? (try? Channel(mask: mask)) ?? .absent : .absent
    }
}
