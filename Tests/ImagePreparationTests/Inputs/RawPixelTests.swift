import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Images that are given as pixels, without a file.
@Suite("pixels in memory")
struct RawPixelTests {
    /// Returns samples that differ from pixel to pixel, with the same alpha.
    private static func rgba(_ width: Int, _ height: Int, alpha: UInt8 = 255) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * 4)
        for y in 0..<height {
            for x in 0..<width {
                bytes += [
                    UInt8(truncatingIfNeeded: x * 7), UInt8(truncatingIfNeeded: y * 5),
                    UInt8(truncatingIfNeeded: x * y), alpha,
                ]
            }
        }
        return bytes
    }

    private static func preparer(
        minimumArea: Int = 1, _ change: (inout PreparationOptions) -> Void = { _ in }
    ) -> ImagePreparer {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = minimumArea
        var options = PreparationOptions()
        change(&options)
        return ImagePreparer(constraints: constraints, options: options)
    }

    private static func prepared(
        _ input: ImageInput, minimumArea: Int = 1, _ change: (inout PreparationOptions) -> Void = { _ in }
    ) async throws -> PreparedImage {
        try #require(try await preparer(minimumArea: minimumArea, change).prepare([input]).images.first)
    }

    @Test("become PNG with and without alpha", arguments: [255, 254, 0])
    func exact(_ alpha: UInt8) async throws {
        let pixels = Self.rgba(61, 47, alpha: alpha)
        let image = try await Self.prepared(.pixels(pixels, width: 61, height: 47, name: "canvas")) {
            ($0.format, $0.keepsAlpha) = (.png, true)
        }
        #expect(image.mediaType == .png)
        #expect(image.action == .transcode)
        #expect(image.reasons == [.formatRequested])
        #expect(!image.isIdentical)
        let decoded = try DecodedPixels(image.bytes.array)
        #expect(decoded == DecodedPixels(size: PixelSize(width: 61, height: 47), rgba: pixels))
        // Opaque alpha is not written.
        let probe = try Prober.probe(EncodedSource(image.bytes.array), limits: DecodeLimits())
        #expect(probe.hasAlpha == (alpha < 255))
    }

    @Test("have facts that describe them")
    func facts() async throws {
        let input = ImageInput.pixels(Self.rgba(32, 20), width: 32, height: 20, name: "canvas")
        let image = try await Self.prepared(input)
        #expect(
            image.source
                == SourceFacts(
                    name: "canvas", format: "rgba8", width: 32, height: 20, orientation: 1, bytes: 2560,
                    colorProfile: nil, colorOrigin: nil, alpha: true, colorModel: "rgb", bitDepth: 8,
                    chromaSubsampling: nil, progressive: false, frames: 1, quality: nil))
        let plan = try Self.preparer().plan([input])
        #expect(plan.images.map(\.source) == [image.source])
        #expect(plan.images.map(\.action) == [.transcode])
        #expect(plan.images[0].reasons == [.mediaTypeNotAccepted])
    }

    @Test("of a photograph give the same result as its PNG, byte for byte")
    func likeTheFile() async throws {
        let file = try Fixtures.bytes("photos/rocket.jpg")
        let pixels = try DecodedPixels(file)
        let png = PNGFile(
            width: pixels.size.width, height: pixels.size.height, channels: 4, samples: pixels.rgba)
        let raw = ImageInput.pixels(
            pixels.rgba, width: pixels.size.width, height: pixels.size.height, name: "rocket")
        for keepsAlpha in [false, true] {
            func bytes(_ input: ImageInput) async throws -> PreparedImage {
                try await Self.prepared(input, minimumArea: 921_600) {
                    ($0.format, $0.keepsAlpha) = (.jpeg, keepsAlpha)
                }
            }
            let (fromPixels, fromFile) = (
                try await bytes(raw), try await bytes(.bytes(png.bytes(), name: "rocket"))
            )
            #expect(fromPixels.bytes == fromFile.bytes)
            #expect(fromPixels.mediaType == .jpeg)
        }
    }

    @Test("of a small image are scaled up to the minimum area")
    func enlarged() async throws {
        let image = try await Self.prepared(
            .pixels(Self.rgba(64, 48), width: 64, height: 48, name: "canvas"), minimumArea: 921_600)
        #expect(image.size.area >= 921_600)
        #expect(image.reasons == [.belowMinimumArea, .mediaTypeNotAccepted])
        #expect(image.mediaType == .jpeg)
        #expect(try DecodedPixels(image.bytes.array).size == image.size)
    }

    @Test("that are transparent are composited on the background unless alpha is kept")
    func flattened() async throws {
        var pixels = Self.rgba(40, 40)
        // Half of red on green: 0.5 · 255 + 0.5 · 0 and so on.
        for pixel in 0..<800 { pixels.replaceSubrange(pixel * 4..<pixel * 4 + 4, with: [255, 0, 0, 128]) }
        let input = ImageInput.pixels(pixels, width: 40, height: 40, name: "canvas")
        let flat = try await Self.prepared(input) {
            ($0.format, $0.background) = (.png, RGBColor(red: 0, green: 255, blue: 0))
        }
        #expect(flat.reasons == [.formatRequested, .flattened])
        let decoded = try DecodedPixels(flat.bytes.array)
        #expect(Array(decoded.rgba[..<4]) == [128, 127, 0, 255])
        #expect(Array(decoded.rgba[(800 * 4)...]) == Array(pixels[(800 * 4)...]))
        let kept = try await Self.prepared(input) { $0.keepsAlpha = true }
        #expect(kept.mediaType == .png)
        #expect(try DecodedPixels(kept.bytes.array).rgba == pixels)
    }

    @Test("that are opaque count as a photograph, even if alpha is kept")
    func opaque() async throws {
        let image = try await Self.prepared(
            .pixels(Self.rgba(40, 40), width: 40, height: 40, name: "canvas")
        ) { $0.keepsAlpha = true }
        #expect(image.mediaType == .jpeg)
        #expect(image.reasons == [.mediaTypeNotAccepted])
    }

    @Test(
        "whose bytes do not match the size are an error of that input",
        arguments: [
            (15, 2, 2), (17, 2, 2), (0, 2, 2), (0, 0, 0), (0, 0, 5), (0, 5, 0), (16, -2, -2), (4, .max, 2),
            (4, .max, .max), (4, 1 << 32, 1 << 32), (0, 1 << 31, 1 << 31), (12, 2, 2),
        ])
    func misfits(_ count: Int, _ width: Int, _ height: Int) async throws {
        let input = ImageInput.pixels(
            [UInt8](repeating: 9, count: count), width: width, height: height, name: "canvas")
        let error = PreparationError.malformedPixels(byteCount: count, width: width, height: height)
        let failure = FailedInput(index: 0, position: 1, name: "canvas", error: error)
        #expect(try Self.preparer().plan([input]).failed == [failure])
        let thrown = await #expect(throws: PreparationFailure.self) {
            try await Self.preparer().prepare([input])
        }
        #expect(thrown?.inputs == [failure])
        #expect(error.code == .unreadableInput)
        #expect(
            "\(error)"
                == (width > 0 && height > 0
                    ? "expected \(width)x\(height) pixels of 4 bytes, found \(count) bytes"
                    : "expected a width and a height of at least 1, found \(width)x\(height)"))
    }

    @Test("are subject to the limits like files")
    func limits() throws {
        let input = ImageInput.pixels(Self.rgba(10, 10), width: 10, height: 10, name: "canvas")
        func refusal(_ change: (inout DecodeLimits) -> Void) throws -> [FailedInput] {
            try Self.preparer { change(&$0.limits) }.plan([input]).failed
        }
        func failure(_ error: CodecError) -> [FailedInput] {
            [FailedInput(index: 0, position: 1, name: "canvas", error: .codec(error))]
        }
        #expect(try refusal { $0.maximumPixels = 100 }.isEmpty)
        #expect(
            try refusal { $0.maximumPixels = 99 }
                == failure(.limitExceeded(.pixels, value: 100, maximum: 99)))
        #expect(
            try refusal { $0.maximumInputBytes = 399 }
                == failure(.limitExceeded(.inputBytes, value: 400, maximum: 399)))
    }

    @Test("are subject to the aspect ratio and the memory budget")
    func constraints() async throws {
        let long = ImageInput.pixels(Self.rgba(70, 20), width: 70, height: 20, name: "canvas")
        let thrown = await #expect(throws: PreparationFailure.self) {
            try await Self.preparer().prepare([long])
        }
        #expect(thrown?.inputs.map(\.code) == [.aspectRatio])
        let poor = Self.preparer { $0.memoryBudget = 1 }
        let batch = try await poor.prepare(
            [.pixels(Self.rgba(10, 10), width: 10, height: 10, name: "canvas")], failures: .collect)
        #expect(batch.failed.map(\.code) == [.limitExceeded])
    }

    @Test("have a digest of the samples and the layout")
    func digest() throws {
        let bytes = Self.rgba(8, 2)
        func digest(_ input: ImageInput) throws -> String { try input.sha256(limits: DecodeLimits()) }
        let shapes = try [(8, 2), (2, 8), (4, 4), (16, 1)].map { width, height in
            try digest(.pixels(bytes, width: width, height: height, name: "canvas"))
        }
        #expect(Set(shapes + [try digest(.bytes(bytes, name: "canvas"))]).count == 5)
        #expect(try digest(.pixels(bytes, width: 8, height: 2, name: "another")) == shapes[0])
        var changed = bytes
        changed[63] ^= 1
        #expect(try digest(.pixels(changed, width: 8, height: 2, name: "canvas")) != shapes[0])
    }
}
