import Foundation
import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("Conversion to other primaries")
struct PrimariesTests {
    static let subsamplings = (0...2).flatMap { across in
        (0...2).map { ChromaSubsampling(horizontalShift: across, verticalShift: $0) }
    }

    /// A smooth image within the gamut of both primaries: Y'CbCr of Display P3.
    static func color(_ x: Double, _ y: Double) -> [Double] {
        [90 + 70 * x, 118 + 20 * y, 134 - 16 * x * y]
    }

    /// Returns the colour with the primaries of sRGB, by the definitions of CSS Color 4.
    static func converted(_ color: [Double]) -> [Double] {
        let (luma, blue, red) = (color[0], color[1] - 128, color[2] - 128)
        let wide = [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue]
        let light = wide.map { $0 / 255 }
            .map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        let matrix = [
            [1.2249401, -0.2249402, 0], [-0.0420569, 1.0420571, 0], [-0.0196376, -0.0786361, 1.0982735],
        ]
        let narrow = matrix.map { row in zip(row, light).map(*).reduce(0, +) }
            .map { $0 <= 0.0031308 ? 12.92 * $0 : 1.055 * pow($0, 1 / 2.4) - 0.055 }.map { $0 * 255 }
        let grey = 0.299 * narrow[0] + 0.587 * narrow[1] + 0.114 * narrow[2]
        return [grey, 128 + (narrow[2] - grey) / 1.772, 128 + (narrow[0] - grey) / 1.402]
    }

    @Test(
        "colours and positions are those of the definition, with any chroma subsampling",
        arguments: subsamplings, [PixelSize(width: 96, height: 104), PixelSize(width: 61, height: 75)])
    func smooth(_ subsampling: ChromaSubsampling, _ size: PixelSize) throws {
        let from = PlaneFormat(
            .yCbCr, size: PixelSize(width: 96, height: 104), subsampling: subsampling, primaries: .displayP3)
        let to = PlaneFormat(.yCbCr, size: size, subsampling: subsampling)
        let source = PlaneImageSource(
            PlaneImage(from) { plane, x, y in Self.color(x, y)[plane] }, stripRows: 16)
        let sink = PlaneImageSink(to, stripRows: 16)
        try PixelPipeline(region: PixelRegion(from.size)).run(from: source, to: sink)
        let expected = PlaneImage(to) { plane, x, y in Self.converted(Self.color(x, y))[plane] }
        for plane in 0..<3 {
            let errors = zip(sink.picture.planes[plane], expected.planes[plane])
                .map { abs(Int($0) - Int($1)) }
            // Chroma at the edges is of samples that the image does not have.
            #expect(errors.max() ?? 255 <= (plane == 0 ? 1 : 2), "plane \(plane)")
            #expect(errors.reduce(0, +) * 2 < errors.count, "plane \(plane)")
        }
    }
}
