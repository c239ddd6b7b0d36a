import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Rotation without decoding.
@Suite("lossless rotation", .enabled(if: JPEGRotator.isAvailable, "trait LosslessTurn is off"))
struct TurnTests {
    static func prepare(_ file: String, quality: Int? = nil) async throws -> PreparedImage {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        var options = PreparationOptions()
        options.quality = quality
        return try #require(
            try await ImagePreparer(constraints: constraints, options: options)
                .prepare([.file(Fixtures.path(file))]).images.first)
    }

    @Test(
        "of whole MCUs decodes to the rotated image, within the rounding of the inverse transform",
        arguments: 2...8)
    func aligned(_ value: Int) async throws {
        let file = "orientation/jpeg-\(value).jpg"
        let image = try await Self.prepare(file)
        #expect(image.action == .turn)
        #expect(image.reasons.contains(.rotated))
        let orientation = try #require(Orientation(rawValue: value))
        let expected = try DecodedPixels(Fixtures.bytes(file)).displayed(orientation)
        let turned = try DecodedPixels(image.bytes.array)
        #expect(turned.size == expected.size)
        let difference = ColorTests.difference(turned, expected)
        print("lossless rotation \(value): mean \(difference.mean), maximum \(difference.maximum)")
        // The coefficients are exact. A decoder rounds columns before rows, so a rotation by 90°
        // may round differently.
        #expect(difference.maximum <= (orientation.swapsAxes ? 3 : 0) && difference.mean < 0.1)
    }

    @Test(
        "is not tried if a side is not a whole number of MCUs; the pixels are rotated instead",
        arguments: 2...8)
    func odd(_ value: Int) async throws {
        #expect(try await Self.prepare("orientation/jpeg420-\(value).jpg").action == .transcode)
    }

    @Test("leaves no metadata, and the image upright")
    func metadata() async throws {
        let image = try await Self.prepare("orientation/jpeg-6.jpg")
        let probe = try Prober.probe(EncodedSource(image.bytes.array), limits: DecodeLimits())
        #expect(probe.orientation == .topLeft)
        #expect(!probe.hasMetadata)
    }

    @Test("is not used if a quality is requested")
    func quality() async throws {
        #expect(try await Self.prepare("orientation/jpeg-6.jpg", quality: 80).action == .transcode)
    }
}
