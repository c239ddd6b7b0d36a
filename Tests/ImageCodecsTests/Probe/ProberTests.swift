import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// The facts of headers, compared with the manifest of the fixtures, which other tools filled in.
@Suite("probing")
struct ProberTests {
    static let readable = Fixtures.readableRows.filter { $0.expect.error == nil }

    @Test("finds the facts of every readable fixture", arguments: readable)
    func facts(_ row: Fixtures.Row) throws {
        let probe = try Prober.probe(EncodedSource(Fixtures.bytes(row.path)), limits: DecodeLimits())
        let expect = row.expect
        #expect(probe.format.rawValue == expect.format)
        #expect(probe.size == PixelSize(width: expect.width ?? 0, height: expect.height ?? 0))
        #expect(probe.orientation.rawValue == expect.orientation ?? 1)
        // The canvas of an animation is transparent where the first frame does not cover it.
        let isAnimatedWebP = probe.format == .webp && probe.frameCount > 1
        #expect(probe.hasAlpha == (isAnimatedWebP || expect.alpha ?? false))
        #expect(probe.isProgressive == expect.progressive ?? false)
        #expect(probe.frameCount == expect.frames ?? 1)
        #expect(probe.profileName == expect.icc)
        if probe.format == .jpeg {
            #expect(probe.bitDepth == expect.bitDepth)
            let expected = probe.colorModel == .yCbCr ? expect.chromaSubsampling : nil
            #expect(probe.chromaSubsampling == expected)
        }
        if probe.format == .png { #expect(probe.bitDepth == expect.bitDepth) }
    }

    @Test("goes by the content, not the name")
    func content() throws {
        let probe = try Prober.probe(
            EncodedSource(Fixtures.bytes("corrupt/png-named.jpg")), limits: DecodeLimits())
        #expect(probe.format == .png)
    }

    @Test("names formats that are recognised but not read")
    func recognised() throws {
        let error = #expect(throws: CodecError.self) {
            try Prober.probe(
                EncodedSource(Fixtures.bytes("corrupt/jpeg2000.jp2")), limits: DecodeLimits())
        }
        #expect(error.map { "\($0)" } == "JPEG 2000 is recognised but not read")
    }

    @Test("limits apply, and a limit that is just enough does not refuse")
    func limits() throws {
        let source = try EncodedSource(Fixtures.bytes("photos/rocket.jpg"))
        var limits = DecodeLimits()
        limits.maximumPixels = 640 * 427
        #expect(try Prober.probe(source, limits: limits).size == PixelSize(width: 640, height: 427))
        limits.maximumPixels -= 1
        #expect(throws: CodecError.limitExceeded(.pixels, value: 640 * 427, maximum: 640 * 427 - 1)) {
            try Prober.probe(source, limits: limits)
        }
        limits = DecodeLimits()
        limits.maximumInputBytes = source.count - 1
        #expect(throws: CodecError.limitExceeded(.inputBytes, value: source.count, maximum: source.count - 1))
        {
            try Prober.probe(source, limits: limits)
        }
    }

    @Test("estimates the quality of a JPEG", arguments: [(50, 50), (75, 75), (92, 92)])
    func quality(_ quality: Int, _ expected: Int) throws {
        let format = PlaneFormat(.grey, size: .init(width: 16, height: 16))
        let sink = try JPEGSink(format: format, settings: EncodeSettings(quality: quality))
        let bytes = try PlaneImage.zonePlate(format, frequency: 0.5).encoded(by: sink)
        let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        #expect(abs((probe.estimatedQuality ?? 0) - expected) <= 1)
    }
}
