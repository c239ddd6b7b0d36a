import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Damaged data are refused, or used as far as possible if damage is tolerated.
@Suite("damage")
struct DamageTests {
    static func prepare(
        _ bytes: [UInt8], _ damage: PreparationOptions.DamagePolicy, verifies: Bool = false
    ) async throws -> PreparedBatch {
        var options = PreparationOptions()
        options.damage = damage
        options.verifies = verifies
        return try await ImagePreparer(options: options).prepare(
            [.bytes(bytes, name: "image")], failures: .collect)
    }

    /// Returns a fixture whose scans have lost their second half.
    static func halved(_ name: String) throws -> [UInt8] {
        var file = JPEGFile(try Fixtures.bytes(name))
        file.change(0xDA) { $0.data.removeLast($0.data.count / 2) }
        return file.bytes
    }

    @Test(
        "is refused, or reported and the image re-encoded at full size",
        arguments: [
            // One that conforms and would pass through, one for lossless rotation, and one that
            // must be enlarged.
            "shapes/phone-1.jpg", "orientation/jpeg-6.jpg", "photos/rocket.jpg",
        ])
    func halves(_ name: String) async throws {
        let bytes = try Self.halved(name)
        let refused = try await Self.prepare(bytes, .refuse)
        #expect(refused.failed.map(\.code) == [.truncatedImage])
        let image = try #require(try await Self.prepare(bytes, .warn).images.first)
        let whole = try #require(try await Self.prepare(Fixtures.bytes(name), .refuse).images.first)
        #expect(image.action == .transcode && image.size == whole.size && !image.isIdentical)
        #expect(image.reasons.contains(.damaged) && !image.reasons.contains(.trailingDataRemoved))
        let notice = try #require(image.notices.first { $0.code == .damaged })
        #expect(notice.message.contains("premature end of data segment"))
        #expect(try DecodedPixels(image.bytes.array).size == image.size)
    }

    @Test(
        "of every kind is reported",
        arguments: ["truncated-scan", "half-with-end-marker", "half-with-restarts", "truncated-progressive"])
    func fixtures(_ name: String) async throws {
        let bytes = try Fixtures.bytes("corrupt/\(name).jpg")
        #expect(try await Self.prepare(bytes, .refuse).images.isEmpty)
        let image = try #require(try await Self.prepare(bytes, .warn).images.first)
        #expect(image.notices.contains { $0.code == .damaged })
    }

    @Test(
        "that leaves no image is refused even if damage is tolerated",
        arguments: ["truncated-header.jpg", "wrong-crc.png", "truncated-idat.png", "truncated-lossy.webp"])
    func nothingLeft(_ name: String) async throws {
        let bytes = try Fixtures.bytes("corrupt/\(name)")
        let (refused, warned) = (try await Self.prepare(bytes, .refuse), try await Self.prepare(bytes, .warn))
        #expect(warned.images.isEmpty && refused.failed.map(\.code) == warned.failed.map(\.code))
    }

    @Test("if tolerated changes nothing for an intact image", arguments: [false, true])
    func whole(_ verifies: Bool) async throws {
        for name in ["shapes/phone-1.jpg", "orientation/jpeg-6.jpg"] {
            let bytes = try Fixtures.bytes(name)
            let refused = try await Self.prepare(bytes, .refuse, verifies: verifies).images
            #expect(
                try await Self.prepare(bytes, .warn, verifies: verifies).images.map(\.sha256)
                    == refused.map(\.sha256))
        }
    }

    @Test("of JPEG data within TIFF is tolerated too", .enabled(if: ImageFormat.tiff.isReadable))
    func tiff() async throws {
        let directory = TIFFFile.Directory(
            [
                256: [64], 257: [48], 258: [8, 8, 8], 259: [7], 262: [6], 277: [3], 278: [48], 530: [1, 1],
            ], strip: try Self.halved("sampling/444.jpg"))
        let probe = try Prober.probe(
            EncodedSource(Fixtures.bytes("sampling/444.jpg")), limits: DecodeLimits())
        var sized = directory
        sized.tags = sized.tags.map {
            switch $0.tag {
            case 256: (256, 3, [probe.size.width])
            case 257, 278: ($0.tag, 3, [probe.size.height])
            default: $0
            }
        }
        let bytes = TIFFFile(sized).bytes
        #expect(try await Self.prepare(bytes, .refuse).failed.map(\.code) == [.corruptImage])
        let image = try #require(try await Self.prepare(bytes, .warn).images.first)
        #expect(image.notices.contains { $0.code == .damaged })
    }
}
