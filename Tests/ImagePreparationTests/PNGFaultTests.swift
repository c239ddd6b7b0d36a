import ImageCodecs
import ImagePreparation
import PixelEngine
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Files of public bug reports, on which decoders differ.
@Suite("PNG faults", .enabled(if: Faults.isPresent, "\(Faults.absence)"))
struct PNGFaultTests {
    static func prepare(_ file: String) async throws -> PreparedImage {
        try await PNGHidingTests.prepare(Faults.bytes(file))
    }

    @Test(
        "a chunk that decoders ignore changes nothing, is not sent, and is named",
        arguments: [
            ("png-gama-zero.png", "gAMA is ignored: its values are not valid"),
            ("png-gama-huge.png", "gAMA is ignored: its values are not valid"),
            ("png-gama-badcrc.png", "gAMA is ignored: its checksum is wrong"),
            ("png-gama-short.png", "gAMA is ignored: it has 2 bytes"),
            ("png-cicp-pq-badcrc.png", "cICP is ignored: its checksum is wrong"),
        ])
    func ignored(_ file: String, _ notice: String) async throws {
        let image = try await Self.prepare(file)
        #expect(image.action == .passThrough)
        #expect(image.reasons == [.metadataRemoved])
        #expect(image.notices.map(\.code) == [.chunkIgnored])
        #expect(image.notices.first?.message.hasSuffix(notice) == true, "\(image.notices)")
        #expect(try DecodedPixels(image.bytes.array) == DecodedPixels(Faults.bytes(file)))
        #expect(image.source.colorOrigin == nil)
    }

    @Test("unspecified or unknown cICP leaves the profile in force")
    func fallThrough() async throws {
        for (file, notices) in [
            ("png-cicp-unspecified-plus-iccp.png", 0), ("png-cicp-unknown-plus-iccp.png", 1),
        ] {
            let image = try await Self.prepare(file)
            #expect(image.source.colorProfile != nil, "\(file)")
            #expect(image.reasons.contains(.convertedToSRGB), "\(file)")
            #expect(image.notices.count == notices, "\(file): \(image.notices)")
        }
    }

    @Test("grey with a profile that means the same as sRGB passes through")
    func grey() async throws {
        let image = try await Self.prepare("png-grey-sgray-icc.png")
        #expect(image.action == .passThrough)
        #expect(image.source.colorProfile != nil)
        #expect(!image.reasons.contains(.convertedToSRGB))
    }

    @Test("an unknown critical chunk is refused")
    func unknownCritical() async throws {
        let failure = await #expect(throws: PreparationFailure.self) {
            try await Self.prepare("png-unknown-critical.png")
        }
        #expect(failure?.inputs.map(\.code) == [.corruptImage])
    }

    @Test("bytes after the profile are not sent")
    func secret() async throws {
        let image = try await Self.prepare("png-srgb-icc-trailing-secret.png")
        #expect(image.action == .passThrough)
        #expect(image.reasons == [.metadataRemoved])
        let before = try PNGHidingTests.contents(Faults.bytes("png-srgb-icc-trailing-secret.png"))
        #expect(String(decoding: before, as: UTF8.self).contains("SECRET"))
        let after = PNGHidingTests.contents(image.bytes.array)
        #expect(!String(decoding: after, as: UTF8.self).contains("SECRET"))
    }

    @Test("grey profiles count by their meaning, in PNG and in JPEG")
    func greyProfiles() async throws {
        let curves: [(String, @Sendable (Double) -> Double, Bool)] = [
            ("sRGB", { ColorTests.decodeSRGB($0) }, true),
            ("gamma 2.2", { power($0, 2.2) }, false),
            ("gamma 1", { $0 }, false),
        ]
        for (name, curve, passes) in curves {
            let profile = ICCProfile.grey(curve).bytes()
            var file = PNGFile(width: 64, height: 64, channels: 1, seed: 3)
            file.head = PNGFile.chunk("iCCP", Array("icc".utf8) + [0, 0] + PNGFile.zlib(profile))
            let format = PlaneFormat(.grey, size: PixelSize(width: 64, height: 64))
            let settings = EncodeSettings(quality: 92, profile: ColorProfile(bytes: profile))
            let sink = try JPEGSink(format: format, settings: settings)
            let jpeg = try PlaneImage.zonePlate(format, frequency: 0.5).encoded(by: sink)
            for bytes in [file.bytes(), jpeg] {
                let image = try await PNGHidingTests.prepare(bytes)
                #expect(image.source.colorProfile != nil, "\(name)")
                #expect((image.action == .passThrough) == passes, "\(name): \(image.reasons)")
                #expect(image.reasons.contains(.convertedToSRGB) == !passes, "\(name)")
            }
        }
    }
}
