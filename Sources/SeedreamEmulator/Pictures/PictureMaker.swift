import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel

/// Makes results: the inputs side by side in the order they were sent, each under its number; the
/// same for the same seed.
enum PictureMaker {
    /// The long side of the drawing, which is then enlarged to the size that was asked for, in px.
    private static let drawingSide = 768

    /// One of an order's pictures, encoded.
    ///
    /// - Parameter index: Of the picture among the order's, from 0.
    static func make(_ order: PictureOrder, index: Int) throws -> [UInt8] {
        try encode(drawing(order, index: index), size: order.size, as: order.mediaType, quality: 90)
    }

    /// A tile as a JPEG whose sides are at most `side`.
    static func jpeg(_ tile: Tile, side: Int) -> [UInt8] {
        // Encoding some 160x160 px from memory fails only without memory.
        (try? encode(tile, size: tile.size.fitted(in: side), as: .jpeg, quality: 80)) ?? []
    }

    /// A drawing resized and encoded.
    private static func encode(
        _ drawing: Tile, size: PixelSize, as type: MediaType, quality: Int
    ) throws -> [UInt8] {
        let settings = EncodeSettings(quality: quality)
        let sink: any ImageSink =
            switch type {
            case .png: try PNGSink(format: PlaneFormat(.rgb, size: size), settings: settings)
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

    private static func drawing(_ order: PictureOrder, index: Int) -> Tile {
        var generator = SplitMix64(seed: UInt64(bitPattern: Int64(order.seed)) &+ UInt64(index))
        func level() -> UInt8 { UInt8(40 + generator.next() % 120) }
        let longest = max(order.size.width, order.size.height)
        let size =
            longest > drawingSide
            ? order.size.fitted(in: drawingSide)
            : order.size
        var canvas = Tile(size: size, color: (level(), level(), level()))
        // Bars that tell one seed from another at a glance.
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

    private static func draw(_ inputs: [InputPicture], onto canvas: inout Tile) {
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

    /// The number of columns that leaves the cells nearest to squares.
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

    /// White digits on a black plate.
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
    /// The largest size of this shape that lies within `other`; larger than this one if there is
    /// room. At least 1 px.
    fileprivate func filling(_ other: PixelSize) -> PixelSize {
        width * other.height > height * other.width
            ? PixelSize(width: other.width, height: max(1, height * other.width / width))
            : PixelSize(width: max(1, width * other.height / height), height: other.height)
    }
}

extension Tile {
    /// The tile in another size.
    fileprivate func resized(to target: PixelSize) -> Tile {
        guard target != size else { return self }
        let sink = TileSink(size: target)
        // Both ends are in memory, and both have pixels: zimg has nothing to refuse.
        try? PixelPipeline(region: PixelRegion(size), filter: .bilinear).run(from: TileSource(self), to: sink)
        return sink.tile
    }
}
