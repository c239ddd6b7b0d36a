import Pixels

/// Sizes that every host takes.
enum PixelSizeOf {
    static let small = PixelSize(width: 1024, height: 1024)
    static let landscape = PixelSize(width: 1600, height: 1200)
}
