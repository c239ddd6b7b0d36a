import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel
import TestSupport

/// JPEGs that differ from one another.
enum Drawing {
    /// Returns a plain JPEG.
    static func jpeg(brightness: Int, side: Int = 1000) throws -> [UInt8] {
        try encoded(side: side, quality: 80) { _, x, y in Double(20 + brightness) + 60 * x + 60 * y }
    }

    /// Returns a JPEG full of noise, which takes many bytes.
    static func noise(seed: UInt64, side: Int) throws -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        let format = PlaneFormat(.rgb, size: PixelSize(width: side, height: side))
        let values = (0..<(side * side)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let picture = PlaneImage(format) { plane, x, y in
            let column = min(Int(x * Double(side)), side - 1)
            let row = min(Int(y * Double(side)), side - 1)
            return Double(values[(row * side + column + plane * 7919) % values.count])
        }
        return try encoded(picture, side: side, quality: 92)
    }

    private static func encoded(side: Int, quality: Int, _ value: (Int, Double, Double) -> Double) throws
        -> [UInt8]
    {
        let small = PlaneFormat(.rgb, size: PixelSize(width: 32, height: 32))
        return try encoded(PlaneImage(small, value), side: side, quality: quality)
    }

    private static func encoded(_ picture: PlaneImage, side: Int, quality: Int) throws -> [UInt8] {
        let sink = try JPEGSink(
            format: PlaneFormat(.yCbCr, size: PixelSize(width: side, height: side), subsampling: .full),
            settings: EncodeSettings(quality: quality))
        return try picture.encoded(by: sink, filter: .bilinear)
    }
}
