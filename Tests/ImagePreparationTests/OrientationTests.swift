import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// The eight EXIF values, applied to the pixels.
@Suite("orientation")
struct OrientationTests {
    /// Prepares a small image without resizing, so that only its orientation changes.
    static func prepare(_ file: String, format: PreparationOptions.OutputFormat = .png) async throws
        -> PreparedImage
    {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        var options = PreparationOptions()
        options.format = format
        let batch = try await ImagePreparer(constraints: constraints, options: options).prepare([
            .file(Fixtures.path(file))
        ])
        return try #require(batch.images.first)
    }

    @Test("of PNG and WebP gives exactly the upright image", arguments: 1...8, ["png", "webp"])
    func lossless(_ value: Int, _ format: String) async throws {
        let image = try await Self.prepare("orientation/\(format)-\(value).\(format)")
        #expect(image.reasons.contains(.rotated) == (value != 1))
        let upright = try DecodedPixels(Fixtures.bytes("orientation/upright.png"))
        #expect(try DecodedPixels(image.bytes.array) == upright)
    }

    @Test(
        "of JPEG gives the upright image within 40 dB, also with odd sizes and coarse chroma",
        arguments: 1...8,
        ["jpeg", "jpeg420"])
    func lossy(_ value: Int, _ set: String) async throws {
        let file = "orientation/\(set)-\(value).jpg"
        let image = try await Self.prepare(file, format: value == 1 ? .automatic : .jpeg)
        let result = try DecodedPixels(image.bytes.array)
        let orientation = try #require(Orientation(rawValue: value))
        let upright = try DecodedPixels(Fixtures.bytes(file)).displayed(orientation)
        #expect(result.size == upright.size)
        let psnr = result.psnr(upright)
        #expect(psnr >= 40, "\(psnr) dB")
    }

    @Test("of the JPEG set shows the same image for every value", arguments: 2...8)
    func agreement(_ value: Int) async throws {
        let upright = try DecodedPixels(Fixtures.bytes("orientation/upright.png"))
        let first = try DecodedPixels(try await Self.prepare("orientation/jpeg-1.jpg").bytes.array)
        let turned = try DecodedPixels(try await Self.prepare("orientation/jpeg-\(value).jpg").bytes.array)
        // The loss of the fixture's own JPEG coding, less 1 dB.
        #expect(turned.psnr(upright) >= first.psnr(upright) - 1)
    }
}
