import Pixels

/// Sizes that every host takes.
enum PixelSizeOf {
    static let landscape = PixelSize(width: 1600, height: 1200)
}
