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

/// How stored rows and columns become the picture that a viewer shows: the eight values of EXIF tag
/// 0x0112.
///
/// The names say where the stored row 0 and column 0 lie in the displayed picture (EXIF 2.32,
/// section 4.6.4).
public enum Orientation: Int, Hashable, Codable, Sendable, CaseIterable {
    /// Shown as stored.
    case topLeft = 1
    /// Mirrored left to right.
    case topRight = 2
    /// Turned by 180°.
    case bottomRight = 3
    /// Mirrored top to bottom.
    case bottomLeft = 4
    /// Transposed.
    case leftTop = 5
    /// Turned clockwise by 90° for display: the usual portrait photograph of a phone.
    case rightTop = 6
    /// Transposed along the other diagonal.
    case rightBottom = 7
    /// Turned counter-clockwise by 90° for display.
    case leftBottom = 8

    /// Whether rows become columns.
    public var swapsAxes: Bool { rawValue >= 5 }
    /// Whether the stored columns run backwards in the display.
    package var reversesColumns: Bool { [.topRight, .bottomRight, .rightBottom, .leftBottom].contains(self) }
    /// Whether the stored rows run backwards in the display.
    package var reversesRows: Bool { [.bottomRight, .bottomLeft, .rightTop, .rightBottom].contains(self) }

    /// Returns the displayed size of a picture stored at the given size; it is its own inverse.
    public func displaySize(of stored: PixelSize) -> PixelSize { swapsAxes ? stored.transposed : stored }
}
