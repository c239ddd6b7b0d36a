import PixelEngine
import Pixels
import TestSupport
import Testing

/// The engine against a reference in double precision, before any encoding.
@Suite("resampling")
struct ResamplingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var picture: String
        var source: PlaneFormat
        var target: PlaneFormat
        var testDescription: String { "\(picture) \(source.size) \(source.subsampling) to \(target.size)" }
    }

    static let subsamplings: [ChromaSubsampling] = [
        .full, .halfColumns, .quarter, .init(horizontalShift: 0, verticalShift: 1),
        .init(horizontalShift: 2, verticalShift: 0), .init(horizontalShift: 2, verticalShift: 1),
    ]

    /// Up and down, even and odd; the smallest factor reduces 20 to 16.8 megapixels.
    static let sizes: [(PixelSize, PixelSize)] = [
        (.init(width: 320, height: 240), .init(width: 288, height: 216)),
        (.init(width: 301, height: 199), .init(width: 175, height: 117)),
        (.init(width: 301, height: 199), .init(width: 450, height: 299)),
        (.init(width: 160, height: 240), .init(width: 240, height: 360)),
    ]

    /// Wider than the caches, so that zimg works in columns.
    static let wide = ["zone plate"].flatMap { picture in
        [ChromaSubsampling.full, .quarter].flatMap { subsampling in
            [
                (PixelSize(width: 9001, height: 83), PixelSize(width: 7000, height: 65)),
                (PixelSize(width: 3000, height: 40), PixelSize(width: 9000, height: 120)),
            ].map { source, target in
                Case(
                    picture: picture, source: PlaneFormat(.yCbCr, size: source, subsampling: subsampling),
                    target: PlaneFormat(.yCbCr, size: target, subsampling: subsampling))
            }
        }
    }

    static let cases: [Case] =
        wide
        + ["zone plate", "photograph"].flatMap { picture in
            subsamplings.flatMap { subsampling in
                sizes.map { source, target in
                    Case(
                        picture: picture, source: PlaneFormat(.yCbCr, size: source, subsampling: subsampling),
                        target: PlaneFormat(.yCbCr, size: target, subsampling: subsampling))
                }
            }
                + sizes.map {
                    Case(
                        picture: picture, source: PlaneFormat(.grey, size: $0),
                        target: PlaneFormat(.grey, size: $1))
                }
        }

    static func picture(_ test: Case) throws -> PlaneImage {
        guard test.picture == "photograph" else { return .zonePlate(test.source, frequency: 0.8) }
        return .photograph(try DecodedPixels(Fixtures.bytes("photos/chelsea.png")), test.source)
    }

    static func run(_ picture: PlaneImage, to target: PlaneFormat, filter: ResamplingFilter) throws
        -> PlaneImage
    {
        let sink = PlaneImageSink(target)
        let pipeline = PixelPipeline(region: PixelRegion(picture.format.size), filter: filter)
        try pipeline.run(from: PlaneImageSource(picture), to: sink)
        return sink.picture
    }

    @Test(
        "matches Lanczos3 in double precision to 52 dB on each plane; bicubic and shifted results do not",
        arguments: cases)
    func accuracy(_ test: Case) throws {
        let picture = try Self.picture(test)
        let exact = try Self.run(picture, to: test.target, filter: .lanczos3)
        let bicubic = try Self.run(picture, to: test.target, filter: .bicubic)
        for plane in 0..<test.source.planeCount {
            let reference = LanczosReference.resize(picture, plane: plane, to: test.target)
            #expect(exact.psnr(ofPlane: plane, against: reference) >= 52, "plane \(plane)")
            #expect(bicubic.psnr(ofPlane: plane, against: reference) < 52, "bicubic, plane \(plane)")
            let shifted = LanczosReference.resize(picture, plane: plane, to: test.target, shift: 0.25)
            #expect(exact.psnr(ofPlane: plane, against: shifted) < 52, "shifted, plane \(plane)")
        }
    }

    @Test(
        "converts RGB to Y'CbCr like JFIF while it resizes",
        arguments: [ChromaSubsampling.full, .halfColumns, .quarter])
    func conversion(_ subsampling: ChromaSubsampling) throws {
        // In an image of one colour, each sample must be that colour's luma or chroma.
        for color in [
            RGBColor(red: 250, green: 20, blue: 60), RGBColor(red: 0, green: 255, blue: 0), .white, .black,
        ] {
            let format = PlaneFormat(.rgb, size: .init(width: 77, height: 51))
            let picture = PlaneImage(format) { plane, _, _ in Double(color.levels[plane]) }
            let target = PlaneFormat(.yCbCr, size: .init(width: 99, height: 65), subsampling: subsampling)
            let result = try Self.run(picture, to: target, filter: .lanczos3)
            for plane in 0..<3 {
                let worst = result.planes[plane].map { abs(Int($0) - Int(color.yCbCr[plane])) }.max()
                #expect(worst ?? 9 <= 1, "\(color), plane \(plane)")
            }
        }
    }

    @Test("takes a region from the middle, as cropping does")
    func region() throws {
        let format = PlaneFormat(.grey, size: .init(width: 400, height: 600))
        let picture = PlaneImage.zonePlate(format, frequency: 0.4)
        let sink = PlaneImageSink(PlaneFormat(.grey, size: .init(width: 100, height: 120)))
        let pipeline = PixelPipeline(region: PixelRegion(left: 150, top: 350, width: 100, height: 120))
        try pipeline.run(from: PlaneImageSource(picture), to: sink)
        for y in stride(from: 0, to: 120, by: 7) {
            for x in 0..<100 {
                #expect(sink.picture.planes[0][y * 100 + x] == picture.planes[0][(y + 350) * 400 + x + 150])
            }
        }
    }

    @Test("changes nothing if the size stays", arguments: subsamplings)
    func identity(_ subsampling: ChromaSubsampling) throws {
        let format = PlaneFormat(.yCbCr, size: .init(width: 101, height: 67), subsampling: subsampling)
        let picture = PlaneImage.zonePlate(format, frequency: 0.9)
        #expect(try Self.run(picture, to: format, filter: .lanczos3) == picture)
    }

    @Test(
        "gives the same samples with any stages in threads of their own",
        arguments: [8, 16, 32], PlaneFormat.Primaries.allCases)
    func stages(_ stripRows: Int, _ primaries: PlaneFormat.Primaries) throws {
        let format = PlaneFormat(
            .yCbCr, size: .init(width: 333, height: 777), subsampling: .quarter, primaries: primaries)
        let target = PlaneFormat(.yCbCr, size: .init(width: 200, height: 467), subsampling: .quarter)
        let picture = PlaneImage.zonePlate(format, frequency: 0.5)
        let results = try (0...PixelPipeline.Stages.all.rawValue).map { stages in
            let sink = PlaneImageSink(target)
            let pipeline = PixelPipeline(
                region: PixelRegion(format.size), stages: PixelPipeline.Stages(rawValue: stages))
            let source = PlaneImageSource(picture, stripRows: stripRows)
            try pipeline.run(from: source, to: sink)
            #expect(source.isFinished)
            return sink.picture
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }
}
