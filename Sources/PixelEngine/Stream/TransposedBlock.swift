/// Samples whose rows become the columns of others.
///
/// Both pointers are to 8-bit samples, and rows are a stride apart, which is negative if they go
/// up.
struct TransposedBlock {
    private let from: UnsafeMutablePointer<UInt8>
    private let fromStride: Int
    private let to: UnsafeMutablePointer<UInt8>
    private let toStride: Int

    init(
        from: UnsafeMutablePointer<UInt8>, fromStride: Int, to: UnsafeMutablePointer<UInt8>, toStride: Int
    ) {
        self.from = from
        self.fromStride = fromStride
        self.to = to
        self.toStride = toStride
    }

    /// Writes `height` rows of `width` samples.
    func transpose(width: Int, height: Int) {
        let (wide, high) = (width / 8 * 8, height / 32 * 32)
        for x in stride(from: 0, to: wide, by: 8) {
            for y in stride(from: 0, to: high, by: 32) { transposeTile(x, y) }
            for y in high..<height { copy(x..<x + 8, y) }
        }
        for y in 0..<height { copy(wide..<width, y) }
    }

    private func copy(_ columns: Range<Int>, _ y: Int) {
        for x in columns { to[y * toStride + x] = from[x * fromStride + y] }
    }

    /// Writes 32 rows of 8 samples: four tiles of 8 x 8, one in each lane.
    ///
    /// Byte `k` of row `i` is exchanged with byte `i` of row `k`, one bit of both numbers at a
    /// time.
    private func transposeTile(_ x: Int, _ y: Int) {
        func row(_ index: Int) -> SIMD4<UInt64> {
            UnsafeRawPointer(from + (x + index) * fromStride + y).loadUnaligned(as: SIMD4<UInt64>.self)
        }
        func exchange(
            _ first: inout SIMD4<UInt64>, _ second: inout SIMD4<UInt64>, _ shift: UInt64, _ mask: UInt64
        ) {
            let bits = (first &>> shift ^ second) & mask
            second ^= bits
            first ^= bits &<< shift
        }
        func halves(_ first: inout SIMD4<UInt64>, _ second: inout SIMD4<UInt64>) {
            exchange(&first, &second, 32, 0x0000_0000_FFFF_FFFF)
        }
        func pairs(_ first: inout SIMD4<UInt64>, _ second: inout SIMD4<UInt64>) {
            exchange(&first, &second, 16, 0x0000_FFFF_0000_FFFF)
        }
        func bytes(_ first: inout SIMD4<UInt64>, _ second: inout SIMD4<UInt64>) {
            exchange(&first, &second, 8, 0x00FF_00FF_00FF_00FF)
        }
        var (a, b, c, d) = (row(0), row(1), row(2), row(3))
        var (e, f, g, h) = (row(4), row(5), row(6), row(7))
        halves(&a, &e)
        halves(&b, &f)
        halves(&c, &g)
        halves(&d, &h)
        pairs(&a, &c)
        pairs(&b, &d)
        pairs(&e, &g)
        pairs(&f, &h)
        bytes(&a, &b)
        bytes(&c, &d)
        bytes(&e, &f)
        bytes(&g, &h)
        for (index, rows) in [a, b, c, d, e, f, g, h].enumerated() {
            for lane in 0..<4 {
                UnsafeMutableRawPointer(to + (y + 8 * lane + index) * toStride + x)
                    .storeBytes(of: rows[lane], as: UInt64.self)
            }
        }
    }
}
