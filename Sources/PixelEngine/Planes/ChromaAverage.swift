package import Pixels

/// Reduces chroma by averaging neighbours, as JPEG encoders do.
package enum ChromaAverage {
    /// Writes a row of `count` samples, each the rounded mean of a block.
    ///
    /// - Parameters:
    ///   - row: The first row of the blocks, with all their samples.
    ///   - stride: The distance to the next row, in bytes.
    ///   - block: The size of a block, as powers of two.
    package static func row(
        of row: UnsafeMutablePointer<UInt8>, stride: Int, by block: ChromaSubsampling,
        into target: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        switch (block.horizontalShift, block.verticalShift) {
        case (1, 0): pairs(of: row, and: row, into: target, count: count)
        case (1, 1): pairs(of: row, and: row + stride, into: target, count: count)
        default: blocks(of: row, stride: stride, by: block, into: target, count: count)
        }
    }

    private static func blocks(
        of row: UnsafeMutablePointer<UInt8>, stride: Int, by block: ChromaSubsampling,
        into target: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        let shift = block.horizontalShift + block.verticalShift
        for x in 0..<count {
            var sum = (1 << shift) >> 1
            for y in 0..<1 << block.verticalShift {
                let samples = row + y * stride + x << block.horizontalShift
                for index in 0..<1 << block.horizontalShift { sum += Int(samples[index]) }
            }
            target[x] = UInt8(sum >> shift)
        }
    }

    /// Writes the means of two samples of each row, 16 at a time: a pair in each lane.
    private static func pairs(
        of above: UnsafeMutablePointer<UInt8>, and below: UnsafeMutablePointer<UInt8>,
        into target: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        func sums(_ row: UnsafeMutablePointer<UInt8>, _ x: Int) -> SIMD16<UInt16> {
            let pairs = UnsafeRawPointer(row + 2 * x).loadUnaligned(as: SIMD16<UInt16>.self)
            return pairs & 0xFF &+ pairs &>> 8
        }
        let whole = count / 16 * 16
        for x in Swift.stride(from: 0, to: whole, by: 16) {
            let means = (sums(above, x) &+ sums(below, x) &+ 2) &>> 2
            UnsafeMutableRawPointer(target + x)
                .storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: means), as: SIMD16<UInt8>.self)
        }
        for x in whole..<count {
            let sum =
                UInt16(above[2 &* x]) &+ UInt16(above[2 &* x &+ 1])
                &+ UInt16(below[2 &* x]) &+ UInt16(below[2 &* x &+ 1])
            target[x] = UInt8(truncatingIfNeeded: (sum &+ 2) >> 2)
        }
    }
}
