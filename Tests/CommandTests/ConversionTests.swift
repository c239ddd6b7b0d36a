import Foundation
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// The effects of the options on an image.
@Suite("conversion")
struct ConversionTests {
    /// Prepares one image to bytes, and returns them with their record.
    private func prepared(_ path: String, _ options: String...) async throws -> (
        image: ImageRecord, bytes: Data
    ) {
        let folder = try TemporaryFolder()
        let result = try await CommandRunner().run(["prep", "--json", "-o", folder.path, path] + options)
        #expect(result.status == 0, "\(result)")
        let image = try #require(try result.report.images.first)
        return (image, try bytes(ofFile: #require(image.prepared.path)))
    }

    private func color(_ pixels: DecodedPixels, _ x: Int, _ y: Int) -> [Int] {
        let offset = (y * pixels.size.width + x) * 4
        return pixels.rgba[offset..<offset + 4].map(Int.init)
    }

    private func isNear(_ color: [Int], _ other: [Int], within tolerance: Int = 3) -> Bool {
        zip(color, other).allSatisfy { abs($0 - $1) <= tolerance }
    }

    // MARK: Aspect ratio

    static let wide = Fixtures.path("corrupt/ratio-3.5.jpg")
    static let tall = Fixtures.path("corrupt/ratio-1-3.5.jpg")

    @Test("--fit pad adds strips of the background along the long sides")
    func pad() async throws {
        // 600x400 becomes 600x500: 50 rows above and below.
        let (image, data) = try await prepared(
            Sample.small, "--fit", "pad", "--max-ratio", "1.2", "--background", "#ff0000", "--format", "png",
            "--min-area", "1")
        #expect(image.reasons == [.padded, .metadataRemoved])
        let pixels = try DecodedPixels([UInt8](data))
        #expect(pixels.size == PixelSize(width: 600, height: 500))
        let source = try DecodedPixels(Fixtures.bytes("photos/coffee.png"))
        for x in [0, 300, 599] {
            for y in [0, 49, 450, 499] { #expect(color(pixels, x, y) == [255, 0, 0, 255], "\(x), \(y)") }
            for y in [0, 200, 399] { #expect(color(pixels, x, y + 50) == color(source, x, y), "\(x), \(y)") }
        }
    }

    @Test("--fit pad puts even a few rows on both sides", arguments: [wide, tall])
    func padFewRows(_ path: String) async throws {
        // 140x40 becomes 140x47. Near the image, enlarging the chroma samples blends the colours
        // slightly.
        let (_, data) = try await prepared(
            path, "--fit", "pad", "--background", "#0000ff", "--format", "png", "--min-area", "1")
        let pixels = try DecodedPixels([UInt8](data))
        #expect(pixels.size.longSide == 140)
        #expect(pixels.size.shortSide == 47)
        for along in [0, 70, 139] {
            for across in [0, 46] {
                let (x, y) = path == Self.wide ? (along, across) : (across, along)
                #expect(isNear(color(pixels, x, y), [0, 0, 255, 255], within: 12), "\(x), \(y)")
            }
        }
    }

    @Test("--fit pad of a rotated JPEG adds strips at the sides of the displayed image, white by default")
    func padTurned() async throws {
        // 1152x864, rotated to 864x1152, becomes 960x1152.
        let path = Fixtures.path("photos/dandelion-portrait.jpg")
        let (image, data) = try await prepared(path, "--fit", "pad", "--max-ratio", "1.2", "--format", "png")
        #expect(image.reasons == [.rotated, .padded, .formatRequested, .metadataRemoved])
        let pixels = try DecodedPixels([UInt8](data))
        #expect(pixels.size == PixelSize(width: 960, height: 1152))
        for y in [0, 600, 1151] {
            for x in [0, 40, 919, 959] {
                #expect(isNear(color(pixels, x, y), [255, 255, 255, 255]), "\(x), \(y)")
            }
            #expect(!isNear(color(pixels, 480, y), [255, 255, 255, 255]))
        }
    }

    @Test("--fit crop cuts both ends of the long side equally and keeps the middle")
    func crop() async throws {
        let (image, data) = try await prepared(
            Self.wide, "--fit", "crop", "--format", "png", "--min-area", "1")
        #expect(image.reasons == [.cropped, .formatRequested])
        let pixels = try DecodedPixels([UInt8](data))
        #expect(pixels.size == PixelSize(width: 120, height: 40))
        let source = try DecodedPixels(Fixtures.bytes("corrupt/ratio-3.5.jpg"))
        var middle: [UInt8] = []
        for y in 0..<40 {
            let row = y * 140 * 4
            middle += source.rgba[row + 10 * 4..<row + 130 * 4]
        }
        #expect(pixels.psnr(DecodedPixels(size: pixels.size, rgba: middle)) > 35)
    }

    @Test("a conforming image is neither padded nor cropped", arguments: ["pad", "crop"])
    func fits(_ fit: String) async throws {
        let (image, _) = try await prepared(Fixtures.path("corrupt/ratio-3.jpg"), "--fit", fit)
        #expect(image.reasons == [.belowMinimumArea])
    }

    @Test("padded and cropped images conform in size and ratio", arguments: ["pad", "crop"], [wide, tall])
    func conforms(_ fit: String, _ path: String) async throws {
        let (image, _) = try await prepared(path, "--fit", fit)
        let size = PixelSize(width: image.prepared.width, height: image.prepared.height)
        #expect(size.longSide <= 3 * size.shortSide)
        #expect((921_600...16_777_216).contains(size.area))
        #expect((size.width > size.height) == (path == Self.wide))
    }

    @Test("--max-ratio moves the bound", arguments: [("3.5", 0), ("3.49", 65)])
    func maxRatio(_ ratio: String, _ status: Int32) async throws {
        for path in [Self.wide, Self.tall] {
            #expect(try await seedream("prep", path, "--max-ratio", ratio).status == status)
        }
    }

    // MARK: Areas

    @Test("--min-area and --max-area move the bounds")
    func areas() async throws {
        // 1280x960 is 1 228 800 px².
        for (option, reasons) in [
            ("--min-area=1228800", []), ("--min-area=1228801", [Reason.belowMinimumArea]),
            ("--max-area=1228800", []), ("--max-area=1228799", [.aboveMaximumArea]),
        ] {
            let image = try await seedream("inspect", "--json", option, Sample.conforming).report.images[0]
            #expect(image.reasons == reasons + [.metadataRemoved])
            #expect((image.prepared.width == 1280 && image.prepared.height == 960) == reasons.isEmpty)
        }
    }

    // MARK: Alpha

    @Test(
        "transparency is composited on the background",
        arguments: [("white", [255, 255, 255]), ("#00ff00", [0, 255, 0])])
    func background(_ name: String, _ expected: [Int]) async throws {
        let path = Fixtures.path("alpha/hard-on-black.png")
        let (image, data) = try await prepared(
            path, "--background", name, "--format", "png", "--min-area", "1")
        #expect(image.reasons == [.flattened])
        #expect(data.pngHeader?.colorType == 2)
        let pixels = try DecodedPixels([UInt8](data))
        #expect(color(pixels, 0, 0) == expected + [255])
        #expect(color(pixels, 199, 199) == expected + [255])
    }

    @Test("--keep-alpha gives a PNG with alpha; without it the result is a JPEG")
    func keepAlpha() async throws {
        let kept = try await prepared(Sample.cutout, "--keep-alpha")
        #expect(kept.image.prepared.mediaType == .png)
        #expect(kept.image.reasons == [.belowMinimumArea])
        #expect(kept.bytes.pngHeader?.colorType == 6)
        #expect(kept.bytes.pngHeader?.width == kept.image.prepared.width)
        let pixels = try DecodedPixels([UInt8](kept.bytes))
        #expect(pixels.rgba.indices.contains { $0 & 3 == 3 && pixels.rgba[$0] == 0 })

        let flattened = try await prepared(Sample.cutout)
        #expect(flattened.image.prepared.mediaType == .jpeg)
        #expect(flattened.image.reasons == [.belowMinimumArea, .flattened])
    }

    @Test("--keep-alpha passes a conforming PNG with alpha through")
    func keepAlphaPassesThrough() async throws {
        let (image, data) = try await prepared(Sample.cutout, "--keep-alpha", "--min-area", "1")
        #expect(image.action == .passThrough)
        #expect(data.pngHeader?.colorType == 6)
    }

    @Test("a fully opaque alpha channel counts as none")
    func opaqueAlpha() async throws {
        let path = Fixtures.path("png/rgba-opaque.png")
        let (image, _) = try await prepared(path, "--keep-alpha")
        #expect(image.prepared.mediaType == .jpeg)
        #expect(!image.reasons.contains(.flattened))
    }

    // MARK: Formats

    @Test(
        "a named format is used for all images",
        arguments: [("jpeg", MediaType.jpeg), ("png", .png), ("webp", .webp)])
    func format(_ name: String, _ mediaType: MediaType) async throws {
        let inputs = [Sample.conforming, Sample.small, Fixtures.path("webp/lossy.webp")]
        for input in inputs {
            let (image, data) = try await prepared(input, "--format", name)
            #expect(image.prepared.mediaType == mediaType)
            #expect(image.prepared.path?.hasSuffix(".\(mediaType.fileExtension)") == true)
            switch mediaType {
            case .jpeg: #expect(data.starts(with: [0xFF, 0xD8, 0xFF]))
            case .png: #expect(data.pngHeader?.height == image.prepared.height)
            case .webp:
                #expect(
                    data.starts(with: Array("RIFF".utf8))
                        && data.dropFirst(8).starts(with: Array("WEBP".utf8)))
            }
            #expect(image.reasons.contains(.formatRequested) == (image.source.format != name))
        }
    }

    @Test("a profile accepts the media types of its provider: fal gets WebP unchanged")
    func profiles() async throws {
        let folder = try TemporaryFolder()
        let made = try await seedream("prep", "--json", Sample.small, "--format", "webp", "-o", folder.path)
        let path = try #require(try made.report.images[0].prepared.path)
        let fal = try await prepared(path, "--profile", "fal")
        #expect(fal.image.action == .passThrough)
        #expect(fal.image.bytesIdentical == true)
        #expect(fal.image.reasons == [])
        let others = try await prepared(path)
        #expect(others.image.action == .transcode)
        #expect(others.image.reasons == [.mediaTypeNotAccepted])
        #expect(others.image.prepared.mediaType == .jpeg)
    }

    @Test("--quality is the quality of the result", arguments: [40, 75, 100])
    func quality(_ quality: Int) async throws {
        let folder = try TemporaryFolder()
        let made = try await seedream(
            "prep", "--json", Sample.small, "--quality", "\(quality)", "-o", folder.path)
        let path = try #require(try made.report.images[0].prepared.path)
        let estimate = try #require(
            try await seedream("inspect", "--json", path).report.images[0].source.quality)
        #expect(abs(estimate - quality) <= 1)
    }

    @Test("by default a JPEG keeps its quality, clamped to 85...92, and other images get 92")
    func defaultQuality() async throws {
        // Their own qualities are 82, 90, and none.
        for (name, expected) in [
            ("shapes/phone-6.jpg", 85), ("photos/dandelion-portrait.jpg", 90), ("photos/coffee.png", 92),
        ] {
            let folder = try TemporaryFolder()
            let made = try await seedream("prep", "--json", Fixtures.path(name), "-o", folder.path)
            let path = try #require(try made.report.images[0].prepared.path)
            let estimate = try await seedream("inspect", "--json", path).report.images[0].source.quality
            #expect(estimate == expected, "\(name)")
        }
    }

    // MARK: Metadata

    private func holds(_ data: Data, _ word: String) -> Bool { data.range(of: Data(word.utf8)) != nil }

    @Test("metadata is removed from images that pass through")
    func metadata() async throws {
        let original = try bytes(ofFile: Sample.conforming)
        let words = ["Exif", "http://ns.adobe.com/xap/1.0/", "Photoshop 3.0", "made-up"]
        for word in words { #expect(holds(original, word)) }
        let (image, data) = try await prepared(Sample.conforming)
        #expect(image.reasons == [.metadataRemoved])
        #expect(image.bytesIdentical == false)
        for word in words { #expect(!holds(data, word), "\(word) is still there") }
    }

    @Test("--keep-metadata passes the exact bytes through")
    func keepMetadata() async throws {
        let (image, data) = try await prepared(Sample.conforming, "--keep-metadata")
        #expect(image.bytesIdentical == true)
        #expect(image.reasons == [])
        #expect(try data == bytes(ofFile: Sample.conforming))
    }

    @Test("--keep-metadata reports if the image had to be re-encoded")
    func metadataNotKept() async throws {
        let (image, data) = try await prepared(Sample.turned, "--keep-metadata")
        #expect(image.notices.contains { $0.code == .metadataNotKept })
        #expect(!holds(data, "Exif"))
    }

    @Test("a result used as an input passes through unchanged")
    func twice() async throws {
        let folder = try TemporaryFolder()
        let first = try await CommandRunner().run(["prep", "--json", "-o", folder.path] + Sample.photos)
        #expect(first.status == 0)
        let paths = try first.report.images.compactMap(\.prepared.path)
        let second = try await CommandRunner().run(["prep", "--json", "--verify"] + paths)
        #expect(second.status == 0)
        let images = try second.report.images
        #expect(images.count == 6)
        #expect(images.allSatisfy { $0.bytesIdentical == true && $0.reasons == [] && $0.checked == .pixels })
        #expect(images.map(\.prepared.sha256) == (try first.report.images.map(\.prepared.sha256)))
    }
}
