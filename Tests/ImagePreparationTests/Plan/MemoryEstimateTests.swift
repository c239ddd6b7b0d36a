import ImageCodecs
import ImagePreparation
import PixelEngine
import Pixels
import SeedreamModel
import Testing

/// The sums are written out: 2 MiB for each image, and the parts that the comments name.
@Suite("MemoryEstimate")
struct MemoryEstimateTests {
    static let fixed = 2 << 20

    private static func bytes(
        _ probe: ImageProbe, _ options: PreparationOptions = PreparationOptions()
    ) throws -> Int {
        let job = try SampleProbe.job(probe, options: options)
        #expect(job.estimatedBytes == MemoryEstimate.bytes(for: job, decodesAll: options.verifies))
        return job.estimatedBytes
    }

    @Test("an image that passes through takes its bytes")
    func passing() throws {
        #expect(try Self.bytes(SampleProbe.jpeg()) == Self.fixed + 200_000)
    }

    @Test(
        "a lossless rotation takes all coefficients and the file twice", .enabled(if: JPEGRotator.isAvailable)
    )
    func rotation() throws {
        // 1280 · 960 · 6 = 7 372 800.
        let probe = try SampleProbe.jpeg { $0.orientation = .rightTop }
        #expect(try Self.bytes(probe) == Self.fixed + 7_372_800 + 400_000)
    }

    /// 4000x3000 in and out: (4000 + 64) · 3 · (256 + 64) = 3 901 440 for rows, and half a byte for
    /// each encoded px.
    static let transcoded = fixed + 3_901_440 + 6_000_000

    @Test("an encoded image takes what its decoder needs, some rows and the encoded bytes")
    func transcode() throws {
        // Of Display P3, 4 MiB are read ahead.
        let probe = try SampleProbe.jpeg(4000, 3000) { ($0.colorSpace, $0.decodeMemory) = (.displayP3, 1000) }
        #expect(try Self.bytes(probe) == Self.transcoded + 1000 + (4 << 20))
    }

    @Test("grey takes a third of the rows")
    func grey() throws {
        let probe = try SampleProbe.jpeg(4000, 3000) { ($0.colorSpace, $0.colorModel) = (.displayP3, .grey) }
        // (4000 + 64) · (256 + 64) = 1 300 480.
        #expect(try Self.bytes(probe) == Self.fixed + 1_300_480 + 6_000_000)
    }

    @Test("an image that is rotated and encoded is held as a whole")
    func rotatedTranscode() throws {
        var options = PreparationOptions()
        options.quality = 90
        let probe = try SampleProbe.jpeg(4000, 3000) { $0.orientation = .rightTop }
        // Rows: (4000 + 64) · 3 · 256 + (3000 + 64) · 3 · 64 = 3 709 440. The image: 36 000 000.
        #expect(try Self.bytes(probe, options) == Self.fixed + 3_709_440 + 36_000_000 + 6_000_000)
    }

    @Test("the encoder of WebP holds 8 bytes for each px")
    func webp() throws {
        var options = PreparationOptions()
        options.format = .webp
        #expect(try Self.bytes(SampleProbe.jpeg(4000, 3000), options) == Self.transcoded + 96_000_000)
    }

    @Test("a reduction needs more rows of the source")
    func reduction() throws {
        // 12000x9000 becomes 4729x3547, 16 773 763 px, 2.5 times smaller, so twice the rows are
        // counted: (12000 + 64) · 3 · 256 · 2 + (4729 + 64) · 3 · 64 = 19 450 560.
        let probe = try SampleProbe.jpeg(12_000, 9000)
        #expect(try SampleProbe.job(probe).planned.size == PixelSize(width: 4729, height: 3547))
        #expect(try Self.bytes(probe) == Self.fixed + 19_450_560 + 8_386_881)
    }

    @Test("images with alpha, in WebP or with `verifies` are also decoded when they pass through")
    func decoded() throws {
        // (1280 + 64) · 3 · (256 + 64) = 1 290 240 for rows, 614 400 encoded.
        let decoded = Self.fixed + 1_290_240 + 614_400
        #expect(try Self.bytes(SampleProbe.jpeg { ($0.format, $0.hasAlpha) = (.png, true) }) == decoded)
        var options = PreparationOptions()
        options.verifies = true
        #expect(try Self.bytes(SampleProbe.jpeg(), options) == decoded)
        options = PreparationOptions()
        options.format = .webp
        let webp = try SampleProbe.jpeg { $0.format = .webp }
        #expect(try SampleProbe.job(webp, options: options).planned.action == .passThrough)
        #expect(try Self.bytes(webp, options) == decoded + 1280 * 960 * 8)
    }
}
