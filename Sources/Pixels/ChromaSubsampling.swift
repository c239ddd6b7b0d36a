/// The reduction of the chroma planes relative to luma, as powers of two.
public struct ChromaSubsampling: Hashable, Codable, Sendable {
    /// The base-2 logarithm of luma columns per chroma column: 0, 1 or 2.
    public var horizontalShift: Int
    /// The base-2 logarithm of luma rows per chroma row: 0, 1 or 2.
    public var verticalShift: Int

    /// Creates a subsampling from its two base-2 logarithms.
    public init(horizontalShift: Int, verticalShift: Int) {
        self.horizontalShift = horizontalShift
        self.verticalShift = verticalShift
    }

    /// 4:4:4: chroma at the resolution of luma.
    public static let full = ChromaSubsampling(horizontalShift: 0, verticalShift: 0)
    /// 4:2:2: half the columns.
    public static let halfColumns = ChromaSubsampling(horizontalShift: 1, verticalShift: 0)
    /// 4:2:0: half the columns and half the rows.
    public static let quarter = ChromaSubsampling(horizontalShift: 1, verticalShift: 1)

    /// The subsampling with columns and rows exchanged.
    public var transposed: ChromaSubsampling {
        ChromaSubsampling(horizontalShift: verticalShift, verticalShift: horizontalShift)
    }
}

extension ChromaSubsampling: CustomStringConvertible {
    /// The J:a:b notation, such as `"4:2:0"`, or the factors, such as `"1/4x1/4"`, if there is no
    /// such notation.
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
