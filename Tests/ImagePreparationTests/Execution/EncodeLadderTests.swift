import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

@Suite("EncodeLadder")
struct EncodeLadderTests {
    private static func attempts(
        _ probe: ImageProbe, constraints: InputConstraints = InputConstraints(),
        options: PreparationOptions = PreparationOptions(), keepsAlpha: Bool = false
    ) throws -> [EncodeAttempt] {
        EncodeLadder(constraints: constraints, options: options).attempts(
            for: try SampleProbe.job(probe, constraints: constraints, options: options),
            keepsAlpha: keepsAlpha)
    }

    /// 2000x1500 at quality 95 and 4:4:4. Each area is 0.7 of the previous one, down to 921 600
    /// px²: 2 100 000, 1 470 000, 1 029 000 and 921 600. The size is the largest of 4:3 within the
    /// area: the short side is the root of three quarters of the area, rounded down, and the long
    /// side 4/3 of that, rounded down. Within 921 600 px² that is 1108x831, 852 px² too few, so the
    /// next larger conforming size is taken.
    @Test("lowers the quality, then the chroma, then the area, down to the minimum")
    func whole() throws {
        let attempts = try Self.attempts(
            SampleProbe.jpeg(2000, 1500) { ($0.estimatedQuality, $0.planeSubsampling) = (95, .full) })
        let expected: [(quality: Int, chroma: ChromaSubsampling, width: Int, height: Int)] = [
            (92, .full, 2000, 1500), (88, .full, 2000, 1500), (85, .full, 2000, 1500),
            (85, .quarter, 2000, 1500), (85, .quarter, 1672, 1254), (85, .quarter, 1400, 1050),
            (85, .quarter, 1170, 878), (85, .quarter, 1110, 832),
        ]
        #expect(attempts.map(\.quality) == expected.map(\.quality))
        #expect(attempts.map(\.subsampling) == expected.map(\.chroma))
        #expect(attempts.map(\.size) == expected.map { PixelSize(width: $0.width, height: $0.height) })
        #expect(attempts.allSatisfy { $0.mediaType == .jpeg && !$0.keepsAlpha })
    }

    @Test(
        "starts at the quality of the source, clamped to 85...92",
        arguments: [
            (nil, [92, 88, 85]), (100, [92, 88, 85]), (90, [90, 88, 85]), (88, [88, 85]), (87, [87, 85]),
            (85, [85]), (40, [85]),
        ] as [(Int?, [Int])])
    func quality(_ estimated: Int?, _ steps: [Int]) throws {
        // 4:2:0 at the minimum area: only the quality can change.
        let attempts = try Self.attempts(SampleProbe.jpeg(1280, 720) { $0.estimatedQuality = estimated })
        #expect(attempts.map(\.quality) == steps)
    }

    @Test(
        "starts at the quality in the options and goes down",
        arguments: [(50, [50]), (100, [100, 88, 85])])
    func chosenQuality(_ quality: Int, _ steps: [Int]) throws {
        var options = PreparationOptions()
        options.quality = quality
        #expect(try Self.attempts(SampleProbe.jpeg(1280, 720), options: options).map(\.quality) == steps)
    }

    @Test(
        "makes chroma coarser in both directions, and never finer",
        arguments: [
            (ChromaSubsampling.full, [ChromaSubsampling.full, .quarter]),
            (.halfColumns, [.halfColumns, .quarter]), (.quarter, [.quarter]),
            (
                ChromaSubsampling(horizontalShift: 2, verticalShift: 0),
                [
                    ChromaSubsampling(horizontalShift: 2, verticalShift: 0),
                    ChromaSubsampling(horizontalShift: 2, verticalShift: 1),
                ]
            ),
        ])
    func chroma(_ own: ChromaSubsampling, _ steps: [ChromaSubsampling]) throws {
        let attempts = try Self.attempts(
            SampleProbe.jpeg(1280, 720) { ($0.estimatedQuality, $0.planeSubsampling) = (85, own) })
        #expect(attempts.map(\.subsampling) == steps)
    }

    @Test("leaves the chroma out for grey")
    func grey() throws {
        let probe = try SampleProbe.jpeg(1280, 720) {
            ($0.estimatedQuality, $0.colorModel, $0.planeSubsampling) = (85, .grey, nil)
        }
        #expect(try Self.attempts(probe).count == 1)
    }

    @Test("of a PNG only the area changes; of a WebP also the quality")
    func otherFormats() throws {
        let probe = try SampleProbe.jpeg(1440, 960) { ($0.format, $0.hasAlpha) = (.png, true) }
        let png = try Self.attempts(probe, keepsAlpha: true)
        #expect(png.allSatisfy { $0.mediaType == .png && $0.keepsAlpha && $0.quality == 92 })
        // 1 382 400 · 0.7 = 967 680, two thirds of which have the root 803.2. Two thirds of 921 600
        // have the root 783.8, but 1174x783 is too small, and so is a height of 784; 785 · 1174 /
        // 783 = 1177.
        #expect(
            png.map(\.size) == [
                PixelSize(width: 1440, height: 960), PixelSize(width: 1204, height: 803),
                PixelSize(width: 1177, height: 785),
            ])
        var options = PreparationOptions()
        options.format = .webp
        let webp = try Self.attempts(probe, options: options, keepsAlpha: true)
        #expect(webp.map(\.quality) == [92, 88, 85, 85, 85])
        #expect(webp.allSatisfy { $0.mediaType == .webp && $0.keepsAlpha && $0.subsampling == .quarter })
        // JPEG cannot keep alpha.
        options.format = .jpeg
        #expect(try Self.attempts(probe, options: options, keepsAlpha: true).allSatisfy { !$0.keepsAlpha })
    }

    @Test("tries eight smaller areas, all with conforming sizes", arguments: 0..<50)
    func areas(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var constraints = InputConstraints()
        constraints.minimumArea = Int.random(in: 10_000...2_000_000, using: &generator)
        let short = Int.random(in: 100...4000, using: &generator)
        let long = Int.random(in: short...3 * short, using: &generator)
        let (width, height) = seed.isMultiple(of: 2) ? (long, short) : (short, long)
        let sizes = try Self.attempts(SampleProbe.jpeg(width, height), constraints: constraints).map(\.size)
        for size in sizes { #expect(try constraints.targetSize(for: size) == size) }
        #expect(Set(sizes).count <= 9)
        if constraints.minimumArea < sizes[0].area / 20 { #expect(Set(sizes).count == 9) }
    }
}
