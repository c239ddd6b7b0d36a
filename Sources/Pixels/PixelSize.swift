/// The size of an image in whole pixels.
public struct PixelSize: Hashable, Codable, Sendable {
    /// The width, in px.
    public var width: Int
    /// The height, in px.
    public var height: Int

    /// Creates a size from its width and height in px.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The area in px². Saturates instead of overflowing.
    public var area: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    /// The longer side, in px.
    public var longSide: Int { max(width, height) }
    /// The shorter side, in px.
    public var shortSide: Int { min(width, height) }
    /// The size after a quarter rotation: width and height exchanged.
    public var transposed: PixelSize { PixelSize(width: height, height: width) }
}

extension PixelSize: CustomStringConvertible {
    /// `"4032x3024"`.
    public var description: String { "\(width)x\(height)" }
}

/// The transformation from stored rows and columns to the displayed image: the eight values of EXIF
/// tag 0x0112.
///
/// Each name gives the position of the stored row 0 and column 0 in the displayed image (EXIF 2.32,
/// section 4.6.4).
public enum Orientation: Int, Hashable, Codable, Sendable, CaseIterable {
    /// Displayed as stored.
    case topLeft = 1
    /// Mirrored left to right.
    case topRight = 2
    /// Rotated by 180°.
    case bottomRight = 3
    /// Mirrored top to bottom.
    case bottomLeft = 4
    /// Mirrored along the main diagonal: rows and columns are exchanged.
    case leftTop = 5
    /// Rotated clockwise by 90° for display: the usual orientation of portrait photos from phones.
    case rightTop = 6
    /// Mirrored along the other diagonal.
    case rightBottom = 7
    /// Rotated counter-clockwise by 90° for display.
    case leftBottom = 8

    /// Whether rows become columns.
    public var swapsAxes: Bool { rawValue >= 5 }
    /// Whether the stored columns are reversed in the display.
    package var reversesColumns: Bool { [.topRight, .bottomRight, .rightBottom, .leftBottom].contains(self) }
    /// Whether the stored rows are reversed in the display.
    package var reversesRows: Bool { [.bottomRight, .bottomLeft, .rightTop, .rightBottom].contains(self) }

    /// Returns the displayed size of an image stored at the given size. The function is its own
    /// inverse.
    public func displaySize(of stored: PixelSize) -> PixelSize { swapsAxes ? stored.transposed : stored }
}
