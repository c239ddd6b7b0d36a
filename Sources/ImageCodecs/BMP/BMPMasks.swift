/// The bits of each channel in a pixel of 16, 24 or 32 bits.
package struct BMPMasks {
    /// The contiguous bits of one channel.
    package struct Channel {
        /// The lowest bit.
        package let shift: UInt32
        /// The largest sample; 0 if the channel is absent.
        package let maximum: UInt32

        static let absent = Channel(shift: 0, maximum: 0)

        package var isPresent: Bool { maximum > 0 }

        /// - Throws: ``CodecError/corrupt(_:)`` if the bits are not contiguous.
        package init(mask: UInt32) throws(CodecError) {
            shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
            maximum = mask >> shift
            guard maximum & (maximum &+ 1) == 0 else {
                throw .corrupt("the bits of mask 0x\(String(mask, radix: 16)) are not contiguous")
            }
        }

        fileprivate init(shift: UInt32, maximum: UInt32) { (self.shift, self.maximum) = (shift, maximum) }

        func isSet(in pixel: UInt32) -> Bool { pixel >> shift & maximum != 0 }

        /// Returns the channel's sample of a pixel, scaled to 8 bits and rounded to the nearest.
        @inline(__always)
        package func sample(of pixel: UInt32) -> UInt8 {
            let value = pixel >> shift & maximum
            guard maximum != 255 else { return UInt8(truncatingIfNeeded: value) }
            guard maximum > 0 else { return 0 }
            let wide = UInt64(maximum)
            return UInt8(truncatingIfNeeded: (UInt64(value) * 255 + wide / 2) / wide)
        }
    }

    package let red, green, blue, alpha: Channel

    /// The masks stated by a file: red, green, blue and, in some files, alpha.
    package init(_ values: [Int], bitCount: Int) throws(CodecError) {
        let pixel = UInt32.max >> UInt32(32 - bitCount)
        // Masks beyond the bits of a pixel mean no channel.
        let masks = values.map { UInt32(truncatingIfNeeded: $0) & pixel }
        guard masks.prefix(3).contains(where: { $0 != 0 }) else {
            throw .corrupt("all colour masks are zero")
        }
        (red, green, blue) = (
            try Channel(mask: masks[0]), try Channel(mask: masks[1]), try Channel(mask: masks[2])
        )
        alpha = masks.count > 3 ? try Channel(mask: masks[3]) : .absent
    }

    /// The default masks of files that state none, except perhaps an alpha mask, which is used if
    /// it does not overlap the colours.
    package init(bitCount: Int, alpha mask: Int) {
        let bits: UInt32 = bitCount == 16 ? 5 : 8
        let maximum: UInt32 = 1 << bits - 1
        func channel(_ place: UInt32) -> Channel { Channel(shift: place * bits, maximum: maximum) }
        (red, green, blue) = (channel(2), channel(1), channel(0))
        let free = bitCount < 16 ? 0 : (UInt32.max << (3 * bits)) & (UInt32.max >> UInt32(32 - bitCount))
        let mask = UInt32(truncatingIfNeeded: mask)
        alpha = mask & ~free == 0 ? (try? Channel(mask: mask)) ?? .absent : .absent
    }
}
