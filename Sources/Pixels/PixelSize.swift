/// The size of a picture in whole pixels.
public struct PixelSize: Hashable, Codable, Sendable {
    /// Columns, in px.
    public var width: Int
    /// Rows, in px.
    public var height: Int

    /// Makes a size from its two sides in px.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The number of pixels, in px². Saturates instead of overflowing.
    public var area: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    /// The longer side, in px.
    public var longSide: Int { max(width, height) }
    /// The shorter side, in px.
    public var shortSide: Int { min(width, height) }
    /// The same picture turned by a quarter: width and height exchanged.
    public var transposed: PixelSize { PixelSize(width: height, height: width) }
}

extension PixelSize: CustomStringConvertible {
    /// `"4032x3024"`.
    public var description: String { "\(width)x\(height)" }
}
