package import Pixels

/// A rectangle inside a picture, in px, possibly fractional.
package struct PixelRegion: Hashable, Sendable {
    package var left: Double
    package var top: Double
    package var width: Double
    package var height: Double

    package init(left: Double = 0, top: Double = 0, width: Double, height: Double) {
        self.left = left
        self.top = top
        self.width = width
        self.height = height
    }

    /// The whole of a picture.
    package init(_ size: PixelSize) {
        self.init(width: Double(size.width), height: Double(size.height))
    }
}
