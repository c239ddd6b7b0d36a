import ImageCodecs
import ImagePreparation
import PixelEngine
import Pixels
import SeedreamModel
import TestSupport
import Testing

@Suite("Planner")
struct PlannerTests {
    /// A change to a header, the expected plan, and a name for the test.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reasons: [Reason]
        var action: Action
        var change: @Sendable (inout ImageProbe) -> Void

        init(
            _ name: String, _ reasons: [Reason], _ action: Action,
            _ change: @escaping @Sendable (inout ImageProbe) -> Void
        ) {
            (testDescription, self.reasons, self.action, self.change) = (name, reasons, action, change)
        }
    }

    /// Lossless rotation needs the codec of the trait `LosslessTurn`.
    private static let rotation: Action = JPEGRotator.isAvailable ? .turn : .transcode

    @Test("passes a conforming image through, and reports what its header does not tell")
    func conforming() throws {
        let job = try SampleProbe.job(SampleProbe.jpeg())
        #expect(job.planned.index == 2)
        #expect(job.planned.position == 1)
        #expect(job.planned.source.name == "a.jpg")
        #expect(job.planned.source.width == 1280)
        #expect(job.planned.action == .passThrough)
        #expect(job.planned.reasons == [])
        #expect(job.planned.notices == [])
        #expect(job.planned.unknowns == [.completeness, .metadata])
        #expect(job.planned.mediaType == .jpeg)
        #expect(job.planned.size == PixelSize(width: 1280, height: 960))
        #expect(job.framed == PixelSize(width: 1280, height: 960))
    }

    static let cases: [Case] = [
        Case("orientation 6", [.rotated], rotation) { $0.orientation = .rightTop },
        Case("16 bits", [.reducedTo8Bits], .transcode) { ($0.format, $0.bitDepth) = (.png, 16) },
        Case("Display P3", [.convertedToSRGB], .transcode) { $0.colorSpace = .displayP3 },
        Case("CMYK", [.convertedToSRGB], .transcode) {
            ($0.colorModel, $0.colorSpace) = (.cmyk, .inks)
        },
        Case("arithmetic coding", [.arithmeticCoding], .transcode) { $0.isArithmeticCoded = true },
        Case("WebP", [.mediaTypeNotAccepted], .transcode) { $0.format = .webp },
        Case("GIF of 3 frames", [.firstFrame, .mediaTypeNotAccepted], .transcode) {
            ($0.format, $0.frameCount) = (.gif, 3)
        },
        Case("PNG of 2 frames", [.firstFrame], .passThrough) { ($0.format, $0.frameCount) = (.png, 2) },
        Case("JPEG of 2 images", [], .passThrough) { $0.frameCount = 2 },
        Case("8 000 000 bytes", [], .passThrough) { $0.byteCount = 8_000_000 },
        Case("8 000 001 bytes", [.overByteBudget], .transcode) { $0.byteCount = 8_000_001 },
        Case("metadata", [.metadataRemoved], .passThrough) { $0.hasMetadata = true },
        Case("metadata and 16 bits", [.reducedTo8Bits, .metadataRemoved], .transcode) {
            ($0.format, $0.bitDepth, $0.hasMetadata) = (.png, 16, true)
        },
        Case("921 600 px", [], .passThrough) { $0.size = PixelSize(width: 1280, height: 720) },
        Case("920 880 px", [.belowMinimumArea], .transcode) {
            $0.size = PixelSize(width: 1279, height: 720)
        },
        Case("16 777 216 px", [], .passThrough) { $0.size = PixelSize(width: 4096, height: 4096) },
        Case("16 781 312 px", [.aboveMaximumArea], .transcode) {
            $0.size = PixelSize(width: 4097, height: 4096)
        },
        Case(
            "all at once, in this order",
            [
                .rotated, .belowMinimumArea, .firstFrame, .reducedTo8Bits, .convertedToSRGB,
                .mediaTypeNotAccepted, .overByteBudget, .metadataRemoved,
            ], .transcode
        ) {
            ($0.format, $0.size) = (.tiff, PixelSize(width: 100, height: 100))
            ($0.orientation, $0.frameCount, $0.bitDepth) = (.bottomRight, 2, 16)
            ($0.colorSpace, $0.byteCount, $0.hasMetadata) = (.displayP3, 9_000_000, true)
        },
    ]

    @Test("gives a reason for each change", arguments: cases)
    func reasons(_ test: Case) throws {
        let planned = try SampleProbe.job(SampleProbe.jpeg(1280, 960, test.change)).planned
        #expect(planned.reasons == test.reasons)
        #expect(planned.action == test.action)
        #expect(planned.unknowns.contains(.encodedBytes) == (test.action != .passThrough))
    }

    @Test("rotates without loss only if the pixels need no other change")
    func losslessRotation() throws {
        func action(
            _ options: PreparationOptions = PreparationOptions(),
            _ change: (inout ImageProbe) -> Void = { _ in }
        ) throws -> Action {
            let probe = try SampleProbe.jpeg(1280, 960) {
                $0.orientation = .rightTop
                change(&$0)
            }
            return try SampleProbe.job(probe, options: options).planned.action
        }
        #expect(try action() == Self.rotation)
        #expect(try action { $0.hasMetadata = true } == Self.rotation)
        #expect(try action { $0.byteCount = 8_000_001 } == .transcode)
        // 1288 is not a multiple of the 16 px of a 4:2:0 MCU.
        #expect(try action { $0.size.width = 1288 } == .transcode)
        // 4:2:2 would become 4:4:0.
        #expect(try action { $0.planeSubsampling = .halfColumns } == .transcode)
        var options = PreparationOptions()
        options.quality = 90
        #expect(try action(options) == .transcode)
        options = PreparationOptions()
        options.color = .keep
        #expect(try action(options) == Self.rotation)
        #expect(try action(options) { $0.profile = ColorProfile(bytes: [1]) } == .transcode)
    }

    @Test("keeps metadata only of images that pass through")
    func metadata() throws {
        var options = PreparationOptions()
        options.keepsMetadata = true
        let passing = try SampleProbe.job(SampleProbe.jpeg { $0.hasMetadata = true }, options: options)
        #expect(passing.planned.reasons == [])
        #expect(passing.planned.notices == [])
        let probe = try SampleProbe.jpeg { ($0.hasMetadata, $0.colorSpace) = (true, .displayP3) }
        let encoded = try SampleProbe.job(probe, options: options).planned
        #expect(encoded.reasons == [.convertedToSRGB, .metadataRemoved])
        #expect(encoded.notices.map(\.code) == [.metadataNotKept])
    }

    @Test("converts CMYK even if profiles are kept, and nothing else")
    func keptProfiles() throws {
        var options = PreparationOptions()
        options.color = .keep
        let wide = try SampleProbe.job(SampleProbe.jpeg { $0.colorSpace = .displayP3 }, options: options)
        #expect(wide.planned.action == .passThrough)
        #expect(wide.planned.notices == [])
        let inks = try SampleProbe.jpeg { ($0.colorModel, $0.colorSpace) = (.cmyk, .profile([])) }
        #expect(try SampleProbe.job(inks, options: options).planned.reasons == [.convertedToSRGB])
        // An image that is encoded for another reason keeps its profile.
        let large = try SampleProbe.jpeg { ($0.colorSpace, $0.byteCount) = (.displayP3, 8_000_001) }
        #expect(try SampleProbe.job(large, options: options).planned.notices.map(\.code) == [.profileKept])
    }

    // MARK: Aspect ratio

    /// 3 is the largest ratio; 4000 / 3 = 1333.3.
    static let frames: [(AspectRatioFit, PixelSize, PixelSize?, [Reason])] = [
        (.refuse, PixelSize(width: 3000, height: 1000), PixelSize(width: 3000, height: 1000), []),
        (.refuse, PixelSize(width: 3001, height: 1000), nil, []),
        (.crop, PixelSize(width: 4000, height: 1000), PixelSize(width: 3000, height: 1000), [.cropped]),
        (.crop, PixelSize(width: 1000, height: 4000), PixelSize(width: 1000, height: 3000), [.cropped]),
        (.pad, PixelSize(width: 4000, height: 1000), PixelSize(width: 4000, height: 1334), [.padded]),
        (.pad, PixelSize(width: 1000, height: 4000), PixelSize(width: 1334, height: 4000), [.padded]),
        (.pad, PixelSize(width: 1000, height: 3000), PixelSize(width: 1000, height: 3000), []),
    ]

    @Test("refuses, crops or pads images longer than 3:1", arguments: frames)
    func frame(_ fit: AspectRatioFit, _ size: PixelSize, _ framed: PixelSize?, _ reasons: [Reason]) throws {
        var constraints = InputConstraints()
        constraints.fit = fit
        let probe = try SampleProbe.jpeg(size.width, size.height)
        guard let framed else {
            let error = #expect(throws: PreparationError.self) {
                try SampleProbe.job(probe, constraints: constraints)
            }
            #expect(error == .constraint(.aspectRatioOutOfRange(size, maximum: 3)))
            return
        }
        let job = try SampleProbe.job(probe, constraints: constraints)
        #expect(job.framed == framed)
        #expect(job.planned.size == framed)
        #expect(job.planned.reasons == reasons)
    }

    @Test("crops the displayed image, not the stored one")
    func rotatedFrame() throws {
        var constraints = InputConstraints()
        constraints.fit = .crop
        let probe = try SampleProbe.jpeg(1000, 4000) { $0.orientation = .leftBottom }
        let job = try SampleProbe.job(probe, constraints: constraints)
        #expect(job.framed == PixelSize(width: 3000, height: 1000))
        #expect(job.planned.reasons == [.rotated, .cropped])
    }

    @Test("applies the pixel limit to the padded image too")
    func paddedLimit() throws {
        var constraints = InputConstraints()
        constraints.fit = .pad
        var options = PreparationOptions()
        let probe = try SampleProbe.jpeg(4000, 1000)
        // 4000x1334.
        options.limits.maximumPixels = 5_336_000
        #expect(
            try SampleProbe.job(probe, constraints: constraints, options: options).framed.area == 5_336_000)
        options.limits.maximumPixels = 5_335_999
        let error = #expect(throws: PreparationError.self) {
            try SampleProbe.job(probe, constraints: constraints, options: options)
        }
        #expect(error == .codec(.limitExceeded(.pixels, value: 5_336_000, maximum: 5_335_999)))
    }

    // MARK: Format

    @Test(
        "encodes in the requested format",
        arguments: [
            (PreparationOptions.OutputFormat.automatic, MediaType.jpeg, [Reason.convertedToSRGB]),
            (.jpeg, .jpeg, [.convertedToSRGB]),
            (.png, .png, [.convertedToSRGB, .formatRequested]),
            (.webp, .webp, [.convertedToSRGB, .formatRequested]),
        ])
    func format(_ format: PreparationOptions.OutputFormat, _ type: MediaType, _ reasons: [Reason]) throws {
        var options = PreparationOptions()
        options.format = format
        let planned = try SampleProbe.job(
            SampleProbe.jpeg { $0.colorSpace = .displayP3 }, options: options
        ).planned
        #expect(planned.mediaType == type)
        #expect(planned.reasons == reasons)
    }

    @Test("passes a WebP through if WebP was requested")
    func webp() throws {
        var options = PreparationOptions()
        options.format = .webp
        let planned = try SampleProbe.job(SampleProbe.jpeg { $0.format = .webp }, options: options).planned
        #expect(planned.action == .passThrough)
        #expect(planned.mediaType == .webp)
    }

    @Test("encodes alpha that is kept as PNG", arguments: [(true, MediaType.png), (false, .jpeg)])
    func alpha(_ keepsAlpha: Bool, _ type: MediaType) throws {
        var options = PreparationOptions()
        options.keepsAlpha = keepsAlpha
        let probe = try SampleProbe.jpeg { ($0.format, $0.hasAlpha, $0.bitDepth) = (.png, true, 16) }
        let planned = try SampleProbe.job(probe, options: options).planned
        #expect(planned.mediaType == type)
        #expect(planned.unknowns == [.completeness, .alpha, .encodedBytes])
    }

    // MARK: Notices

    @Test(
        "warns of an enlargement beyond four times",
        arguments: [(240, []), (239, [.largeEnlargement])] as [(Int, [Notice.Code])])
    func enlargement(_ side: Int, _ codes: [Notice.Code]) throws {
        // The minimum area is that of 960x960.
        let planned = try SampleProbe.job(SampleProbe.jpeg(side, side)).planned
        #expect(planned.size == PixelSize(width: 960, height: 960))
        #expect(planned.notices.map(\.code) == codes)
    }

    static let remarks: [Case] = [
        Case("2 images", [], .passThrough) { $0.frameCount = 2 },
        Case("profile", [], .passThrough) { $0.remarks = [.profileIgnored("too long")] },
        Case("reduced copy", [], .passThrough) { $0.remarks = [.reducedCopy] },
        Case("chunk and channels", [], .passThrough) {
            $0.remarks = [.chunkIgnored("gAMA", "CRC"), .channelsLeftOut(2)]
        },
    ]

    @Test("has a notice for each remark on the header")
    func notices() throws {
        let codes = try Self.remarks.map { test in
            try SampleProbe.job(SampleProbe.jpeg(1280, 960, test.change)).planned.notices.map(\.code)
        }
        #expect(
            codes == [
                [.picturesLeftOut], [.profileIgnored], [.reducedCopy], [.chunkIgnored, .channelsLeftOut],
            ])
        let inks = try SampleProbe.jpeg { ($0.colorModel, $0.colorSpace) = (.cmyk, .inks) }
        #expect(try SampleProbe.job(inks).planned.notices.map(\.code) == [.inksWithoutProfile])
    }
}
