#if Emulator
import SeedreamModel
import Cryptography
import Foundation
import ImageCodecs
import Pixels
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated fal: results and input images")
struct FalPictureTests {
    private func size(_ bytes: [UInt8]) throws -> PixelSize {
        try Prober.probe(EncodedSource(bytes), limits: DecodeLimits()).size
    }

    @Test(
        "makes the requested size; below 921600 px it is scaled up with its aspect ratio",
        arguments: [
            (["width": 1280, "height": 960], 1280, 960), (["width": 960, "height": 960], 960, 960),
            (["width": 1280, "height": 720], 1280, 720), (["width": 640, "height": 640], 960, 960),
            (["width": 320, "height": 180], 1280, 720), ("square_hd", 1024, 1024), ("square", 960, 960),
            (nil, 2048, 2048), (.some(.null), 2048, 2048),
        ] as [(JSONValue?, Int, Int)])
    func sizes(_ value: JSONValue?, _ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [try Fal.smallURI()], "image_size": value]))
            let picture = try #require(try await emulator.pictures(reply).first)
            #expect(try size(picture) == PixelSize(width: width, height: height))
        }
    }

    @Test(
        "scales presets below 921600 px up with their aspect ratios",
        arguments: [
            ("portrait_4_3", 3.0 / 4), ("portrait_16_9", 9.0 / 16), ("landscape_4_3", 4.0 / 3),
            ("landscape_16_9", 16.0 / 9),
        ] as [(String, Double)])
    func presets(_ name: String, _ ratio: Double) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [try Fal.smallURI()], "image_size": .string(name)]))
            let found = try size(try #require(try await emulator.pictures(reply).first))
            #expect((921_600...923_600).contains(found.area))
            #expect(abs(Double(found.width) / Double(found.height) - ratio) < 0.003)
        }
    }

    @Test("gives automatic sizes the aspect ratio of the first image, or a square with the setting")
    func automatic() async throws {
        let wide = TestImage.jpegURI(try TestImage.jpeg(300, 100))
        let body = try Fal.body(["image_urls": [wide, try Fal.smallURI()], "image_size": "auto"])
        try await RunningEmulator.with { emulator in
            let found = try size(
                try #require(try await emulator.pictures(try await emulator.run(body)).first))
            #expect(abs(Double(found.width) / Double(found.height) - 3) < 0.01)
            #expect(found.area <= 2048 * 2048 && found.area > 4_180_000)
            let big = try await emulator.run(
                try Fal.body(["image_urls": [wide], "image_size": "auto_4K"]))
            #expect(try size(try #require(try await emulator.pictures(big).first)).area > 16_700_000)
        }
        try await RunningEmulator.with({ $0.ambiguities.automaticSize = .square }) { emulator in
            let found = try size(
                try #require(try await emulator.pictures(try await emulator.run(body)).first))
            #expect(found == PixelSize(width: 2048, height: 2048))
        }
    }

    @Test(
        "makes the same bytes for the same seed and input, others for another seed, and differing ones in a set"
    )
    func seeds() async throws {
        try await RunningEmulator.with { emulator in
            func run(_ seed: Int?, _ count: Int = 1) async throws -> (JSONValue?, [[UInt8]]) {
                let reply = try await emulator.run(
                    try Fal.body([
                        "image_urls": [try Fal.smallURI()], "seed": seed.map { .integer($0) },
                        "num_images": .integer(count),
                    ]))
                return (try reply.json["seed"], try await emulator.pictures(reply))
            }
            let first = try await run(41, 2)
            let second = try await run(41, 2)
            #expect(first.0 == 41)
            #expect(first.1 == second.1)
            #expect(first.1[0] != first.1[1])
            #expect(try await run(42).1[0] != first.1[0])
            #expect(try await run(nil).0 != (try await run(nil).0))
        }
    }

    @Test("puts the image into the reply with sync_mode, as a valid data URI")
    func inline() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [try Fal.smallURI()], "sync_mode": true]))
            let image = try #require(try reply.json["images"]?[0])
            let uri = try #require(image["url"]?.string)
            let prefix = "data:image/png;base64,"
            #expect(uri.hasPrefix(prefix))
            let bytes = [UInt8](try #require(Data(base64Encoded: String(uri.dropFirst(prefix.count)))))
            #expect(image["file_size"] == .integer(bytes.count))
            #expect(try size(bytes) == PixelSize(width: 1280, height: 960))
        }
    }

    @Test("counts images in X-Fal-Billable-Units, and bills them")
    func units() async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [try Fal.smallURI()], "num_images": 6]))
            #expect(reply.header("X-Fal-Billable-Units") == "6")
            #expect(try reply.json["images"]?.array?.count == 6)
            #expect(await emulator.emulator.ledger.map(\.images) == [6])
        }
    }

    @Test("uses the last ten of twelve images, in their order")
    func lastTen() async throws {
        var uris: [JSONValue] = []
        var digests: [String] = []
        for index in 0..<12 {
            let bytes = try TestImage.jpeg(40, 30, brightness: Double(index * 8))
            uris.append(TestImage.jpegURI(bytes))
            digests.append(SHA256Digest(bytes).hexadecimal)
        }
        try await RunningEmulator.with { emulator in
            #expect(try await emulator.run(try Fal.body(["image_urls": .array(uris)])).status == 200)
            #expect(await emulator.emulator.ledger.first?.inputs == Array(digests.suffix(10)))
            // Unused images are not read; used ones keep their position.
            var broken = uris
            broken[0] = "data:"
            #expect(try await emulator.run(try Fal.body(["image_urls": .array(broken)])).status == 200)
            broken[2] = "data:"
            let reply = try await emulator.run(try Fal.body(["image_urls": .array(broken)]))
            #expect(try reply.json["detail"]?[0]?["loc"] == ["body", "image_urls", 2])
        }
    }

    @Test("refuses an input image with its position, type and context", arguments: FalImageRefusal.all)
    func refusal(_ refusal: FalImageRefusal) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [try Fal.smallURI(), try refusal.uri()]]))
            #expect(reply.status == refusal.status)
            let detail = try #require(try reply.json["detail"]?[0])
            #expect(detail["loc"] == ["body", "image_urls", 1])
            #expect(detail["type"] == .string(refusal.type))
            #expect(detail["url"] == .string("https://docs.fal.ai/errors#\(refusal.type)"))
            #expect(detail["ctx"] == refusal.context)
            #expect(reply.header("X-Fal-Error-Type") == refusal.type)
            // The data URI is not echoed in full.
            #expect(reply.body.count < 4096)
        }
    }

    @Test(
        "accepts values just within the rules",
        arguments: [(15, 15), (15, 45), (45, 15), (300, 100), (6000, 6000)])
    func accepted(_ width: Int, _ height: Int) async throws {
        try await RunningEmulator.with { emulator in
            let uri = TestImage.jpegURI(try TestImage.jpeg(width, height))
            let reply = try await emulator.run(try Fal.body(["image_urls": [uri]]))
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    @Test(
        "accepts PNG, WebP, GIF and AVIF too",
        arguments: [
            ("formats/reference-64x48.png", "image/png"), ("webp/lossy.webp", "image/webp"),
            ("formats/plain.gif", "image/gif"), ("formats/picture.avif", "image/avif"),
        ])
    func formats(_ name: String, _ type: String) async throws {
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(
                try Fal.body(["image_urls": [.string(try Fal.dataURI(name, type: type))]]))
            #expect(reply.status == 200, "\(reply.text)")
        }
    }

    @Test("judges a rotated image as displayed, or as stored with the setting")
    func orientation() async throws {
        // 1280x960 px stored, displayed upright.
        let body = try Fal.body([
            "image_urls": [.string(try Fal.dataURI("shapes/phone-6.jpg"))], "image_size": "auto",
        ])
        for (applies, isUpright) in [(true, true), (false, false)] {
            try await RunningEmulator.with({ $0.ambiguities.appliesOrientation = applies }) { emulator in
                let found = try size(
                    try #require(try await emulator.pictures(try await emulator.run(body)).first))
                #expect((found.height > found.width) == isUpright)
            }
        }
    }

    @Test("counts the characters of a data URI, up to 10485760")
    func length() async throws {
        #expect(Ambiguities().falMaximumDataURI == 10_485_760)
        let uri = try #require(try Fal.smallURI().string)
        for (maximum, status) in [(uri.utf8.count, 200), (uri.utf8.count - 1, 422)] {
            try await RunningEmulator.with({ $0.ambiguities.falMaximumDataURI = maximum }) { emulator in
                let reply = try await emulator.run(try Fal.body(["image_urls": [.string(uri)]]))
                #expect(reply.status == status)
                if status == 422 {
                    #expect(try reply.json["detail"]?[0]?["type"] == "file_too_large")
                    #expect(try reply.json["detail"]?[0]?["ctx"] == ["max_size": .integer(maximum)])
                }
            }
        }
    }

    @Test("draws a tile for a remote URL, or fails to download it with the setting")
    func remote() async throws {
        let body = try Fal.body(["image_urls": ["https://a.test/1.png"]])
        try await RunningEmulator.with { emulator in
            let reply = try await emulator.run(body)
            #expect(reply.status == 200)
        }
        try await RunningEmulator.with({ $0.ambiguities.remoteImages = .refused }) { emulator in
            let reply = try await emulator.run(body)
            #expect(reply.status == 422)
            #expect(try reply.json["detail"]?[0]?["type"] == "file_download_error")
            #expect(try reply.json["detail"]?[0]?["input"] == "https://a.test/1.png")
        }
    }
}
#endif
