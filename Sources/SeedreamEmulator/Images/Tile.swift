import PixelEngine
import Pixels

/// A small RGB image in memory: 8 bits a sample, three samples a pixel, top row first.
struct Tile: Hashable, Sendable {
    let size: PixelSize
    var samples: [UInt8]
    /// The alpha of each pixel, 0 until something is drawn there; `nil` for an opaque tile.
    private(set) var alpha: [UInt8]?

    /// Creates a tile of a single colour.
    init(size: PixelSize, color: (red: UInt8, green: UInt8, blue: UInt8), isTransparent: Bool = false) {
        self.size = size
        alpha = isTransparent ? [UInt8](repeating: 0, count: size.area) : nil
        samples = [UInt8](unsafeUninitializedCapacity: size.area * 3) { buffer, count in
            for index in 0..<size.area {
                buffer[3 * index] = color.red
                buffer[3 * index + 1] = color.green
                buffer[3 * index + 2] = color.blue
            }
            count = size.area * 3
        }
    }

    /// Copies another, opaque tile into this one, with its top left corner at (`left`, `top`).
    /// Clips it at the right and bottom edges.
    mutating func draw(_ other: Tile, left: Int, top: Int) {
        let width = min(other.size.width, size.width - left)
        guard width > 0 else { return }
        for row in 0..<max(0, min(other.size.height, size.height - top)) {
            let from = row * other.size.width * 3
            let to = (top + row) * size.width + left
            samples.replaceSubrange(
                3 * to..<3 * (to + width), with: other.samples[from..<from + width * 3])
            alpha?.replaceSubrange(to..<to + width, with: repeatElement(255, count: width))
        }
    }

    /// Fills a rectangle, clipped to the tile.
    mutating func fill(
        left: Int, top: Int, width: Int, height: Int, color: (red: UInt8, green: UInt8, blue: UInt8)
    ) {
        for y in max(0, top)..<max(0, top, min(top + height, size.height)) {
            for x in max(0, left)..<max(0, left, min(left + width, size.width)) {
                let index = (y * size.width + x) * 3
                samples[index] = color.red
                samples[index + 1] = color.green
                samples[index + 2] = color.blue
                alpha?[y * size.width + x] = 255
            }
        }
    }
}

/// Reads a tile in strips.
final class TileSource: StripSource {
    let format: PlaneFormat
    let stripRows = 16
    var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private let tile: Tile

    init(_ tile: Tile) {
        self.tile = tile
        format = PlaneFormat(.rgb, size: tile.size, hasAlpha: tile.alpha != nil)
    }

    func readStrip(into buffer: PlaneBuffer, at first: Int) throws {
        let width = format.size.width
        tile.samples.withUnsafeBufferPointer { samples in
            for y in first..<min(first + stripRows, format.size.height) {
                for plane in 0..<3 {
                    let row = buffer.row(y, ofPlane: plane)
                    for x in 0..<width { row[x] = samples[(y * width + x) * 3 + plane] }
                }
            }
        }
        tile.alpha?.withUnsafeBufferPointer { alpha in
            for y in first..<min(first + stripRows, format.size.height) {
                let row = buffer.row(y, ofPlane: 3)
                for x in 0..<width { row[x] = alpha[y * width + x] }
            }
        }
    }

    func finish() throws {}
}

/// Collects strips into an opaque tile.
final class TileSink: StripSink {
    let format: PlaneFormat
    let stripRows = 16
    var rowWidths: [Int] { [Int](repeating: format.size.width, count: format.planeCount) }
    private(set) var tile: Tile

    init(size: PixelSize) {
        format = PlaneFormat(.rgb, size: size)
        tile = Tile(size: size, color: (0, 0, 0))
    }

    func writeStrip(from buffer: PlaneBuffer, at first: Int) throws {
        let width = format.size.width
        let rows = first..<min(first + stripRows, format.size.height)
        tile.samples.withUnsafeMutableBufferPointer { samples in
            for y in rows {
                for plane in 0..<3 {
                    let row = buffer.row(y, ofPlane: plane)
                    for x in 0..<width { samples[(y * width + x) * 3 + plane] = row[x] }
                }
            }
        }
    }
}
