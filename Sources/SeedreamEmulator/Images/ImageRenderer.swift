import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel

/// The images to generate for a request, as the provider understood it.
struct ImageOrder: Sendable {
    var prompt: String
    var inputs: [InputImage]
    var size: PixelSize
    /// The number of images.
    var count: Int
    var seed: Int
    var mediaType: MediaType
    /// Whether to draw `AI` into the lower right corner, as Ark does unless told otherwise.
    var isWatermarked = false
    /// Whether the background is transparent. It has an effect only with a PNG.
    var isTransparent = false
}

extension ImageOrder {
    /// Returns the order that a provider follows: an opaque JPEG instead of a transparent PNG if it
    /// ignores such requests.
    func followed(_ open: Ambiguities) -> ImageOrder {
        guard isTransparent, open.transparencyIgnored else { return self }
        var order = self
        order.mediaType = .jpeg
        order.isTransparent = false
        return order
    }
}

/// Renders results: the inputs side by side in the order sent, each with its number. The same order
/// renders the same image.
enum ImageRenderer {
    /// The maximum long side of the drawing, in px; it is then enlarged to the requested size.
    private static let drawingSide = 768

    /// Renders and encodes one image of an order.
    ///
    /// - Parameter index: The position of the image in the order, from 0.
    static func make(_ order: ImageOrder, index: Int) throws -> [UInt8] {
        try encode(drawing(order, index: index), size: order.size, as: order.mediaType, quality: 90)
    }

    /// Returns a tile as a JPEG whose sides are at most `side` px long.
    static func jpeg(_ tile: Tile, side: Int) -> [UInt8] {
        // Encoding about 160x160 px in memory fails only if memory runs out.
        (try? encode(tile, size: tile.size.fitted(in: side), as: .jpeg, quality: 80)) ?? []
    }

    /// Resizes and encodes a drawing.
    private static func encode(
        _ drawing: Tile, size: PixelSize, as type: MediaType, quality: Int
    ) throws -> [UInt8] {
        let settings = EncodeSettings(quality: quality)
        let sink: any ImageSink =
            switch type {
            case .png:
                try PNGSink(
                    format: PlaneFormat(.rgb, size: size, hasAlpha: drawing.alpha != nil), settings: settings)
            case .jpeg, .webp:
                try JPEGSink(
                    format: PlaneFormat(.yCbCr, size: size, subsampling: .quarter), settings: settings)
            }
        try PixelPipeline(region: PixelRegion(drawing.size), filter: .bilinear)
            .run(from: TileSource(drawing), to: sink)
        let buffer = try sink.finish()
        let count = buffer.count
        return EncodedBytes(adopting: buffer.release(), count: count).array
    }

    private static func drawing(_ order: ImageOrder, index: Int) -> Tile {
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(order.seed)) &+ UInt64(index))
        func level() -> UInt8 { UInt8(40 + generator.next() % 120) }
        let longest = max(order.size.width, order.size.height)
        let size =
            longest > drawingSide
            ? order.size.fitted(in: drawingSide)
            : order.size
        var canvas = Tile(
            size: size, color: (level(), level(), level()),
            isTransparent: order.isTransparent && order.mediaType == .png)
        // Bars that distinguish seeds at a glance.
        let step = max(8, size.height / 24)
        for top in stride(from: 0, to: size.height, by: step * 2) {
            let left = Int(generator.next() % UInt64(size.width))
            canvas.fill(
                left: left, top: top, width: size.width / 3, height: step, color: (level(), level(), level()))
        }
        draw(order.inputs, onto: &canvas)
        let unit = max(1, min(size.width, size.height) / 160)
        let label = "\(index + 1):\(order.seed)"
        draw(
            label, onto: &canvas, left: 4 * unit,
            top: size.height - (Glyph.height + 4) * unit * 2, unit: 2 * unit)
        if order.isWatermarked {
            draw(
                "AI", onto: &canvas, left: size.width - (2 * (Glyph.width + 1) + 3) * unit * 2,
                top: size.height - (Glyph.height + 4) * unit * 2, unit: 2 * unit)
        }
        return canvas
    }

    private static func draw(_ inputs: [InputImage], onto canvas: inout Tile) {
        guard !inputs.isEmpty else { return }
        let columns = Self.columns(for: inputs.count, on: canvas.size)
        let rows = (inputs.count + columns - 1) / columns
        let cell = PixelSize(width: canvas.size.width / columns, height: canvas.size.height / rows)
        let margin = max(2, min(cell.width, cell.height) / 40)
        let side = PixelSize(width: max(1, cell.width - 2 * margin), height: max(1, cell.height - 2 * margin))
        for (number, input) in inputs.enumerated() {
            let left = number % columns * cell.width + margin
            let top = number / columns * cell.height + margin
            let fitted = input.tile.size.filling(side)
            let resized = input.tile.resized(to: fitted)
            canvas.draw(
                resized, left: left + (side.width - fitted.width) / 2,
                top: top + (side.height - fitted.height) / 2)
            draw(
                "\(number + 1)", onto: &canvas, left: left, top: top,
                unit: max(2, min(cell.width, cell.height) / 40))
        }
    }

    /// Returns the number of columns that makes the cells most nearly square.
    private static func columns(for count: Int, on size: PixelSize) -> Int {
        (1...count).min { left, right in
            func excess(_ columns: Int) -> Double {
                let rows = (count + columns - 1) / columns
                let width = Double(size.width) / Double(columns)
                let height = Double(size.height) / Double(rows)
                return max(width / height, height / width) * Double(rows * columns) / Double(count)
            }
            return excess(left) < excess(right)
        } ?? 1
    }

    /// Draws white text on a black background.
    private static func draw(_ text: String, onto canvas: inout Tile, left: Int, top: Int, unit: Int) {
        let advance = Glyph.width + 1
        canvas.fill(
            left: left, top: top, width: (text.count * advance + 1) * unit, height: (Glyph.height + 2) * unit,
            color: (0, 0, 0))
        for (position, character) in text.enumerated() {
            guard let glyph = Glyph.rows[character] else { continue }
            for (y, bits) in glyph.enumerated() {
                for x in 0..<Glyph.width where bits >> (Glyph.width - 1 - x) & 1 == 1 {
                    canvas.fill(
                        left: left + (1 + position * advance + x) * unit, top: top + (1 + y) * unit,
                        width: unit,
                        height: unit, color: (255, 255, 255))
                }
            }
        }
    }
}

extension PixelSize {
    /// Returns the largest size of this shape within `other`, which may be larger than this size;
    /// at least 1 px a side.
    fileprivate func filling(_ other: PixelSize) -> PixelSize {
        width * other.height > height * other.width
            ? PixelSize(width: other.width, height: max(1, height * other.width / width))
            : PixelSize(width: max(1, width * other.height / height), height: other.height)
    }
}

extension Tile {
    /// Returns the tile in another size.
    fileprivate func resized(to target: PixelSize) -> Tile {
        guard target != size else { return self }
        let sink = TileSink(size: target)
        // Source and sink are in memory and not empty, so zimg has no reason to fail.
        try? PixelPipeline(region: PixelRegion(size), filter: .bilinear).run(from: TileSource(self), to: sink)
        return sink.tile
    }
}

/// Digits, the letters of the watermark, and signs, 3x5 px each; a row occupies the low three bits.
enum Glyph {
    static let width = 3
    static let height = 5

    static let rows: [Character: [UInt8]] = [
        "0": [0b111, 0b101, 0b101, 0b101, 0b111],
        "1": [0b010, 0b110, 0b010, 0b010, 0b111],
        "2": [0b111, 0b001, 0b111, 0b100, 0b111],
        "3": [0b111, 0b001, 0b111, 0b001, 0b111],
        "4": [0b101, 0b101, 0b111, 0b001, 0b001],
        "5": [0b111, 0b100, 0b111, 0b001, 0b111],
        "6": [0b111, 0b100, 0b111, 0b101, 0b111],
        "7": [0b111, 0b001, 0b010, 0b010, 0b010],
        "8": [0b111, 0b101, 0b111, 0b101, 0b111],
        "9": [0b111, 0b101, 0b111, 0b001, 0b111],
        ":": [0b000, 0b010, 0b000, 0b010, 0b000],
        "A": [0b010, 0b101, 0b111, 0b101, 0b101],
        "I": [0b111, 0b010, 0b010, 0b010, 0b111],
        "-": [0b000, 0b000, 0b111, 0b000, 0b000],
    ]
}
