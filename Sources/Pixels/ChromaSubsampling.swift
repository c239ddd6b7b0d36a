/// How much coarser the chroma planes are than luma, as powers of two.
public struct ChromaSubsampling: Hashable, Codable, Sendable {
    /// Base-2 logarithm of luma columns per chroma column: 0, 1 or 2.
    public var horizontalShift: Int
    /// Base-2 logarithm of luma rows per chroma row: 0, 1 or 2.
    public var verticalShift: Int

    /// Makes a subsampling from its two base-2 logarithms.
    public init(horizontalShift: Int, verticalShift: Int) {
        self.horizontalShift = horizontalShift
        self.verticalShift = verticalShift
    }

    /// 4:4:4, chroma as fine as luma.
    public static let full = ChromaSubsampling(horizontalShift: 0, verticalShift: 0)
    /// 4:2:2, half the columns.
    public static let halfColumns = ChromaSubsampling(horizontalShift: 1, verticalShift: 0)
    /// 4:2:0, half the columns and half the rows.
    public static let quarter = ChromaSubsampling(horizontalShift: 1, verticalShift: 1)

    /// The subsampling with columns and rows exchanged.
    public var transposed: ChromaSubsampling {
        ChromaSubsampling(horizontalShift: verticalShift, verticalShift: horizontalShift)
    }
}

extension ChromaSubsampling: CustomStringConvertible {
    /// The J:a:b notation, `"4:2:0"`; subsamplings without one print their factors, `"1/4x1/4"`.
    public var description: String {
        switch (horizontalShift, verticalShift) {
        case (0, 0): "4:4:4"
        case (1, 0): "4:2:2"
        case (1, 1): "4:2:0"
        case (0, 1): "4:4:0"
        case (2, 0): "4:1:1"
        case (2, 1): "4:1:0"
        default: "1/\(1 << horizontalShift)x1/\(1 << verticalShift)"
        }
    }
}
