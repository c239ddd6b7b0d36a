import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

@Suite("JPEG planes")
struct JPEGPlaneSourceTests {
    static let subsamplings: [ChromaSubsampling] = [
        .full, .halfColumns, .quarter, .init(horizontalShift: 0, verticalShift: 1),
        .init(horizontalShift: 2, verticalShift: 0), .init(horizontalShift: 2, verticalShift: 1),
    ]

    /// Widths around whole blocks and whole MCUs of every sampling, and common ones with an odd
    /// number of blocks.
    static let widths = Array(17...80) + [600, 1000, 1001, 1008, 1016, 1080, 1125]

    @Test(
        "have their colours in the right place, at every width, sampling and reduced size",
        arguments: subsamplings,
        [1, 2, 4, 8])
    func halves(_ subsampling: ChromaSubsampling, _ denominator: Int) throws {
        for width in Self.widths {
            // The left half is blue, the right half red, the upper half dark.
            let format = PlaneFormat(.yCbCr, size: .init(width: width, height: 67), subsampling: subsampling)
            let picture = PlaneImage(format) { plane, x, y in
                switch plane {
                case 0: y < 0.5 ? 60 : 180
                case 1: x < 0.5 ? 190 : 90
                default: x < 0.5 ? 90 : 190
                }
            }
            let sink = try JPEGSink(format: format, settings: EncodeSettings(quality: 95))
            let encoded = EncodedSource(try picture.encoded(by: sink))
            try JPEGPlaneSource.withSource(of: encoded, denominator: denominator, limits: DecodeLimits()) {
                source in
                #expect(source.format.subsampling == subsampling)
                let result = PlaneImageSink(source.format)
                try PixelPipeline(region: PixelRegion(source.format.size)).run(from: source, to: result)
                for plane in 0..<3 {
                    let size = source.format.size(ofPlane: plane)
                    // In smaller images the halves overlap.
                    guard size.width >= 8, size.height >= 4 else { continue }
                    let row = size.height * 3 / 4 * size.width
                    let left = Int(result.picture.planes[plane][row + size.width / 8])
                    let right = Int(result.picture.planes[plane][row + size.width * 7 / 8])
                    let expected = plane == 0 ? (180, 180) : plane == 1 ? (190, 90) : (90, 190)
                    #expect(
                        abs(left - expected.0) <= 12 && abs(right - expected.1) <= 12,
                        "width \(width), plane \(plane): \(left) and \(right)")
                }
            }
        }
    }

    @Test(
        "keep their colours when transcoded at common widths", arguments: [600, 1000, 1016, 1080, 1125])
    func colors(_ width: Int) throws {
        let format = PlaneFormat(.yCbCr, size: .init(width: width, height: 64), subsampling: .quarter)
        let picture = PlaneImage(format) { plane, x, _ in
            plane == 0 ? 128 : (x < 0.5) == (plane == 1) ? 190 : 90
        }
        let sink = try JPEGSink(format: format, settings: EncodeSettings(quality: 95))
        let bytes = try picture.encoded(by: sink)
        let png = try JPEGPlaneSource.withSource(
            of: EncodedSource(bytes), denominator: 1, limits: DecodeLimits()
        ) { source in
            let sink = try PNGSink(
                format: PlaneFormat(.rgb, size: format.size), settings: EncodeSettings(quality: 90))
            try PixelPipeline(region: source.region).run(from: source, to: sink)
            return try sink.finish().array()
        }
        #expect(try DecodedPixels(png).psnr(DecodedPixels(bytes)) > 40)
    }
}
