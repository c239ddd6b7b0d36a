import Pixels

/// A small RGB picture, whole in memory: 8 bits, rows from top to bottom, three samples a pixel.
struct Tile: Hashable, Sendable {
    let size: PixelSize
    var samples: [UInt8]

    /// All pixels in one colour.
    init(size: PixelSize, color: (red: UInt8, green: UInt8, blue: UInt8)) {
        self.size = size
        samples = [UInt8](unsafeUninitializedCapacity: size.area * 3) { buffer, count in
            for index in 0..<size.area {
                buffer[3 * index] = color.red
                buffer[3 * index + 1] = color.green
                buffer[3 * index + 2] = color.blue
            }
            count = size.area * 3
        }
    }

    /// Copies another tile in, its top left corner at (`left`, `top`); what would lie outside is
    /// left out.
    mutating func draw(_ other: Tile, left: Int, top: Int) {
        let width = min(other.size.width, size.width - left)
        guard width > 0 else { return }
        for row in 0..<max(0, min(other.size.height, size.height - top)) {
            let from = row * other.size.width * 3
            let to = ((top + row) * size.width + left) * 3
            samples.replaceSubrange(to..<to + width * 3, with: other.samples[from..<from + width * 3])
        }
    }

    /// Fills a rectangle; what would lie outside is left out.
    mutating func fill(
        left: Int, top: Int, width: Int, height: Int, color: (red: UInt8, green: UInt8, blue: UInt8)
    ) {
        for y in max(0, top)..<max(0, top, min(top + height, size.height)) {
            for x in max(0, left)..<max(0, left, min(left + width, size.width)) {
                let index = (y * size.width + x) * 3
                samples[index] = color.red
                samples[index + 1] = color.green
                samples[index + 2] = color.blue
            }
        }
    }
}
