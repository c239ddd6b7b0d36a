import PixelEngine
import Pixels
import TestSupport
import Testing

/// Unusual sizes: a read beyond a row, below a strip or past an edge shows as another colour.
@Suite("any size")
struct AnySizeTests {
    @Test(
        "an image of one colour stays that colour, between any two sizes, in every orientation",
        arguments: 0..<24)
    func flat(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) + 1)
        for _ in 0..<40 {
            func side(_ most: Int) -> Int { Int.random(in: 1...most, using: &generator) }
            let shifts = [0, 0, 1, 1, 2]
            func subsampling() -> ChromaSubsampling {
                ChromaSubsampling(
                    horizontalShift: shifts.randomElement(using: &generator) ?? 0,
                    verticalShift: min(shifts.randomElement(using: &generator) ?? 0, 1))
            }
            let model: PlaneFormat.Model =
                [.grey, .yCbCr, .yCbCr, .rgb].randomElement(using: &generator) ?? .grey
            let source = PlaneFormat(
                model, size: .init(width: side(90), height: side(90)), subsampling: subsampling())
            let keepsSize = Bool.random(using: &generator)
            let orientation = Orientation.allCases.randomElement(using: &generator) ?? .topLeft
            let size = keepsSize ? source.size : PixelSize(width: side(120), height: side(120))
            let target = PlaneFormat(
                model, size: orientation.displaySize(of: size),
                subsampling: keepsSize ? source.subsampling : subsampling())
            let levels: [Double] = (0..<4).map { _ in Double(Int.random(in: 0...255, using: &generator)) }
            let picture = PlaneImage(source) { plane, _, _ in levels[plane] }
            let stripRows = [8, 16, 24, 32].randomElement(using: &generator) ?? 8
            let sink = PlaneImageSink(target, stripRows: [8, 16, 32].randomElement(using: &generator) ?? 8)
            let pipeline = PixelPipeline(
                region: PixelRegion(source.size), orientation: orientation,
                filter: ResamplingFilter.allCases.randomElement(using: &generator) ?? .lanczos3,
                stages: PixelPipeline.Stages(rawValue: Int.random(in: 0...7, using: &generator)))
            try pipeline.run(from: PlaneImageSource(picture, stripRows: stripRows), to: sink)
            for plane in 0..<target.planeCount {
                let worst = sink.picture.planes[plane].map { abs(Int($0) - Int(levels[plane])) }.max() ?? 0
                #expect(
                    worst <= 1,
                    "\(source.size) \(source.subsampling) to \(target.size) \(target.subsampling), \(orientation), \(stripRows), plane \(plane)"
                )
            }
        }
    }
}
