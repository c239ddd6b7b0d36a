#if HEIF
import PixelEngine
import Pixels

/// Maps the pixels of the shown image to the coded one: `clap`, `irot` and `imir` in file order.
struct HEIFGeometry: Hashable {
    /// A step along one axis, or a position, in px of the coded image.
    struct Vector: Hashable {
        var x: Int
        var y: Int

        static func + (left: Vector, right: Vector) -> Vector {
            Vector(x: left.x + right.x, y: left.y + right.y)
        }
        static func * (left: Int, right: Vector) -> Vector { Vector(x: left * right.x, y: left * right.y) }
        static prefix func - (vector: Vector) -> Vector { -1 * vector }
    }

    /// The coded size, in px.
    let coded: PixelSize
    /// The shown size, in px.
    private(set) var size: PixelSize
    /// The coded position of the first shown pixel.
    private(set) var origin = Vector(x: 0, y: 0)
    /// The coded step from a shown pixel to its right neighbour.
    private(set) var column = Vector(x: 1, y: 0)
    /// The coded step from a shown pixel to the one below.
    private(set) var row = Vector(x: 0, y: 1)

    /// - Returns: `nil` if a crop leaves no pixel.
    init?(coded: PixelSize, properties: [HEIFStructure.Property]) {
        self.coded = coded
        size = coded
        for property in properties {
            switch property {
            case .rotation(let quarters):
                for _ in 0..<quarters { rotate() }
            case .mirror(let columns): mirror(columns: columns)
            case .crop(let aperture): guard crop(to: aperture) else { return nil }
            case .size, .coding, .codePoints: break
            }
        }
    }

    /// Whether shown rows are coded columns.
    var swapsAxes: Bool { column.x == 0 }

    /// Whether the first shown row or column is inside a chroma sample: a crop begins at an odd
    /// position, or a mirrored side of odd length begins with the sample of a single pixel. Chroma
    /// would move by a pixel if its samples were copied.
    func splitsSamples(of subsampling: ChromaSubsampling) -> Bool {
        func isSplit(_ start: Int, _ step: Int, _ shift: Int) -> Bool {
            // Backwards, the first pixel must be the last of its sample.
            (step < 0 ? start + 1 : start) & ((1 << shift) - 1) != 0
        }
        let step = column + row
        return isSplit(origin.x, step.x, subsampling.horizontalShift)
            || isSplit(origin.y, step.y, subsampling.verticalShift)
    }

    private mutating func mirror(columns: Bool) {
        if columns {
            origin = origin + (size.width - 1) * column
            column = -column
        } else {
            origin = origin + (size.height - 1) * row
            row = -row
        }
    }

    /// Rotates by 90° anti-clockwise: the last column becomes the first row.
    private mutating func rotate() {
        origin = origin + (size.width - 1) * column
        (column, row) = (row, -column)
        size = size.transposed
    }

    /// Rounds as libheif does: a size and a position for each axis, clipped at the edges.
    private mutating func crop(to aperture: HEIFStructure.CleanAperture) -> Bool {
        guard
            let across = Self.range(
                size.width, aperture.width, aperture.widthBelow, aperture.x, aperture.xBelow),
            let down = Self.range(
                size.height, aperture.height, aperture.heightBelow, aperture.y, aperture.yBelow)
        else { return false }
        origin = origin + across.lowerBound * column + down.lowerBound * row
        size = PixelSize(width: across.count, height: down.count)
        return true
    }

    private static func range(
        _ length: Int, _ size: Int, _ sizeBelow: Int, _ offset: Int, _ offsetBelow: Int
    ) -> Range<Int>? {
        guard sizeBelow > 0, offsetBelow > 0 else { return nil }
        let kept = Double(size) / Double(sizeBelow)
        let first = (Double(offset) / Double(offsetBelow) + Double(length - 1) / 2 - (kept - 1) / 2).rounded()
        let last = (kept - 1 + first).rounded()
        let (lower, upper) = (max(first, 0), min(last, Double(length - 1)))
        return lower <= upper ? Int(lower)..<Int(upper) + 1 : nil
    }

    /// The same mapping for a plane whose samples cover several pixels.
    struct Plane {
        let coded: PixelSize
        let size: PixelSize
        private let origin: Vector
        private let column: Vector
        private let row: Vector

        /// - Parameter subsampling: The subsampling of the coded plane; the geometry splits none of
        ///   its samples.
        init(_ geometry: HEIFGeometry, subsampling: ChromaSubsampling) {
            let shown = geometry.swapsAxes ? subsampling.transposed : subsampling
            coded = geometry.coded.reduced(by: subsampling)
            size = geometry.size.reduced(by: shown)
            origin = Vector(
                x: geometry.origin.x >> subsampling.horizontalShift,
                y: geometry.origin.y >> subsampling.verticalShift)
            column = geometry.column
            row = geometry.row
        }

        /// Returns the coded position of a shown sample.
        func place(x: Int, y: Int) -> Vector {
            let place = origin + x * column + y * row
            return Vector(
                x: min(max(place.x, 0), coded.width - 1), y: min(max(place.y, 0), coded.height - 1))
        }
    }
}

extension PixelSize {
    /// Returns the size of a plane in samples; the last samples cover the remaining pixels.
    fileprivate func reduced(by subsampling: ChromaSubsampling) -> PixelSize {
        PixelSize(
            width: width.dividedRoundingUp(by: 1 << subsampling.horizontalShift),
            height: height.dividedRoundingUp(by: 1 << subsampling.verticalShift))
    }
}
#endif
