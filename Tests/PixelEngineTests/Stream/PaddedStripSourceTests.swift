import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("PaddedStripSource")
struct PaddedBandSourceTests {
    /// The whole padded image, read strip by strip.
    private static func padded(
        _ picture: PlaneImage, to size: PixelSize, _ background: RGBColor
    ) throws -> PlaneImage {
        let source = try PaddedStripSource(
            PlaneImageSource(picture, stripRows: 8), size: size, background: background)
        let sink = PlaneImageSink(source.format, stripRows: 8)
        let buffer = try PlaneBuffer(format: source.format, rows: 8, widths: source.rowWidths)
        for row in stride(from: 0, to: size.height, by: 8) {
            try source.readStrip(into: buffer, at: row)
            try sink.writeStrip(from: buffer, at: row)
        }
        try source.finish()
        return sink.picture
    }

    @Test("centres the image on the background")
    func grey() throws {
        var picture = PlaneImage(PlaneFormat(.grey, size: PixelSize(width: 2, height: 1))) { _, _, _ in 0 }
        picture.planes = [[7, 8]]
        // One column and three rows more: the odd ones go right and below. White has luma 255.
        let result = try Self.padded(picture, to: PixelSize(width: 3, height: 4), .white)
        #expect(result.planes == [[255, 255, 255, 7, 8, 255, 255, 255, 255, 255, 255, 255]])
    }

    @Test("fills each channel with its own level, and alpha with opaque")
    func color() throws {
        let format = PlaneFormat(.rgb, size: PixelSize(width: 1, height: 1), hasAlpha: true)
        let picture = PlaneImage(format) { plane, _, _ in Double(plane) }
        let background = RGBColor(red: 10, green: 20, blue: 30)
        let result = try Self.padded(picture, to: PixelSize(width: 3, height: 1), background)
        #expect(result.planes == [[10, 0, 10], [20, 1, 20], [30, 2, 30], [255, 3, 255]])
    }

    @Test("starts the image at a whole chroma sample", arguments: [(6, 0), (8, 2), (10, 2), (12, 4)])
    func chroma(_ side: Int, _ start: Int) throws {
        // 4:2:0: an inset of an odd number of px is rounded down.
        let format = PlaneFormat(.yCbCr, size: PixelSize(width: 4, height: 4), subsampling: .quarter)
        let picture = PlaneImage(format) { _, _, _ in 9 }
        let result = try Self.padded(picture, to: PixelSize(width: side, height: side), .black)
        // JFIF 1.02: black is 0, 128, 128.
        for (plane, background) in ([0, 128, 128] as [UInt8]).enumerated() {
            let shift = plane == 0 ? 0 : 1
            let inside = (start >> shift)..<((start + 4) >> shift)
            for y in 0..<(side >> shift) {
                for x in 0..<(side >> shift) {
                    let level = inside.contains(x) && inside.contains(y) ? 9 : background
                    #expect(result.planes[plane][y * (side >> shift) + x] == level)
                }
            }
        }
    }

    @Test("reads strips that cross the edges of the inner image")
    func strips() throws {
        let format = PlaneFormat(.grey, size: PixelSize(width: 1, height: 40))
        var picture = PlaneImage(format) { _, _, _ in 0 }
        picture.planes = [(1...40).map { UInt8($0) }]
        // With 5 rows above, each strip of 8 rows touches two strips of the image.
        let result = try Self.padded(picture, to: PixelSize(width: 1, height: 50), .white)
        #expect(
            result.planes == [
                [UInt8](repeating: 255, count: 5) + (1...40).map { UInt8($0) }
                    + [UInt8](repeating: 255, count: 5)
            ])
    }
}
