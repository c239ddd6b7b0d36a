import Foundation
import ImageCodecs
import ImagePreparation
import Pixels
import SeedreamClient
import SeedreamKit
import SeedreamModel
import TestSupport
import Testing

@Suite("thumbnails")
struct ThumbnailTests {
    static func outcomes(of paths: [String]) async throws -> [Thumbnail.Outcome] {
        var outcomes: [Thumbnail.Outcome] = []
        try await Thumbnail.make(of: paths.map { .file($0) }) { outcomes.append($0) }
        return outcomes
    }

    static func thumbnail(of path: String) async throws -> Thumbnail {
        let outcome = try #require(try await outcomes(of: [path]).first)
        guard case .made(let thumbnail, _) = outcome else {
            Issue.record("\(path): \(outcome)")
            throw CancellationError()
        }
        return thumbnail
    }

    @Test("are small plain JPEGs without metadata or profile, for every fixture that is an image")
    func fixtures() async throws {
        let rows = Fixtures.readableRows.filter { $0.expect.error == nil && $0.expect.width != nil }
        #expect(rows.count > 100)
        let outcomes = try await Self.outcomes(of: rows.map { Fixtures.path($0.path) })
        #expect(outcomes.count == rows.count)
        for (row, outcome) in zip(rows, outcomes) {
            guard case .made(let thumbnail, let facts) = outcome else {
                Issue.record("\(row.path): \(outcome)")
                continue
            }
            let bytes = thumbnail.bytes.array
            #expect(bytes.count <= Thumbnail.maximumBytes, "\(row.path)")
            #expect(thumbnail.size.longSide <= Thumbnail.longSide, "\(row.path): \(thumbnail.size)")
            #expect(try Self.foreignSegments(bytes) == [], "\(row.path)")
            let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
            #expect(probe.format == .jpeg && probe.size == thumbnail.size, "\(row.path)")
            #expect(!probe.hasMetadata && probe.profileName == nil, "\(row.path)")
            #expect(probe.orientation == .topLeft, "\(row.path)")
            // The aspect ratio is that of the displayed image, and nothing is enlarged.
            let stored = PixelSize(width: facts.width, height: facts.height)
            let shown = facts.orientation >= 5 ? stored.transposed : stored
            #expect(thumbnail.size.width <= shown.width && thumbnail.size.height <= shown.height)
            let scale = Double(thumbnail.size.longSide) / Double(shown.longSide)
            #expect(abs(Double(thumbnail.size.width) - Double(shown.width) * scale) <= 1.5, "\(row.path)")
            #expect(abs(Double(thumbnail.size.height) - Double(shown.height) * scale) <= 1.5, "\(row.path)")
        }
    }

    /// Returns the segments before the first scan that a plain JPEG does not need, by their
    /// markers.
    private static func foreignSegments(_ bytes: [UInt8]) throws -> [String] {
        let needed: Set<UInt8> = [0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD]
        var (place, found) = (2, [String]())
        while place + 4 <= bytes.count, bytes[place] == 0xFF, bytes[place + 1] != 0xDA {
            let marker = bytes[place + 1]
            let length = Int(bytes[place + 2]) << 8 + Int(bytes[place + 3])
            let isJFIF = marker == 0xE0 && length == 16
            if !needed.contains(marker), !isJFIF { found.append(String(marker, radix: 16)) }
            place += 2 + length
        }
        try #require(place + 1 < bytes.count && bytes[place + 1] == 0xDA)
        return found
    }

    @Test("are upright, in every orientation and format that has one", arguments: ["jpeg", "png", "webp"])
    func orientation(_ format: String) async throws {
        let ending = format == "jpeg" ? "jpg" : format
        let plain = try await Self.thumbnail(of: Fixtures.path("orientation/upright.png"))
        let upright = try DecodedPixels(plain.bytes.array)
        for number in 1...8 {
            let path = Fixtures.path("orientation/\(format)-\(number).\(ending)")
            let turned = try DecodedPixels(await Self.thumbnail(of: path).bytes.array)
            #expect(turned.size == upright.size)
            #expect(turned.psnr(upright) > 25, "\(path): \(turned.psnr(upright))")
        }
    }

    @Test("composite transparent parts on grey, and report it")
    func alpha() async throws {
        for name in ["hard-on-white", "hard-on-black"] {
            let thumbnail = try await Self.thumbnail(of: Fixtures.path("alpha/\(name).png"))
            #expect(thumbnail.isFlattened)
            let source = try DecodedPixels(Fixtures.bytes("alpha/\(name).png"))
            let shown = try DecodedPixels(thumbnail.bytes.array)
            #expect(shown.size == source.size)
            #expect(source.rgba[3] == 0)
            for channel in 0..<3 { #expect(abs(Int(shown.rgba[channel]) - 0xD9) <= 3) }
        }
        #expect(try await !Self.thumbnail(of: Fixtures.path("photos/coffee.png")).isFlattened)
    }

    @Test("fit into 20,000 bytes for noise, and into 512 px for a very long image")
    func bounds() async throws {
        let folder = try TemporaryFolder()
        var random = SystemRandomNumberGenerator()
        let noise = (0..<700 * 500 * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        try folder.write(Self.pixmap(width: 700, height: 500, noise), as: "noise.bmp")
        let loud = try await Self.thumbnail(of: folder.file("noise.bmp"))
        #expect(loud.bytes.count <= 20_000)
        #expect(loud.size.longSide >= 100)
        try folder.write(Self.pixmap(width: 4000, height: 2, noise), as: "strip.bmp")
        let strip = try await Self.thumbnail(of: folder.file("strip.bmp"))
        #expect(strip.size == PixelSize(width: 512, height: 16))
    }

    /// Returns a 24-bit BMP from repeated samples.
    private static func pixmap(width: Int, height: Int, _ samples: [UInt8]) -> [UInt8] {
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let stride = (width * 3 + 3) / 4 * 4
        let head = Array("BM".utf8) + word(54 + stride * height) + word(0) + word(54) + word(40)
        let rest = word(width) + word(height) + [1, 0, 24, 0] + word(0) + word(stride * height)
        let rows = (0..<stride * height).map { samples[$0 % samples.count] }
        return head + rest + [UInt8](repeating: 0, count: 16) + rows
    }

    @Test(
        "that cannot be made give the reason in words",
        arguments: [
            ("corrupt/text.jpg", "expected an image, found data that begin with 54 68 69 73 20 69 73 20"),
            ("corrupt/empty.jpg", "file is empty"),
            ("corrupt/jpeg2000.jp2", "JPEG 2000 is recognised but not read"),
            ("none.jpg", "cannot be opened: No such file or directory"),
        ])
    func reasons(_ name: String, _ reason: String) async throws {
        var row = ReportRow(name: "row", state: .failed)
        row.before = [ReportImage(file: Fixtures.path(name))]
        let page = try await ReportPageTests.page([row])
        #expect(page.all("img").isEmpty)
        #expect(page.all("p", "absent").first?.text == "No thumbnail: \(reason)")
        // Without a file there is nothing to open.
        let links = page.all("a").filter { $0.attributes["href"]?.hasPrefix("#") == false }
        #expect(links.count == (name == "none.jpg" ? 0 : 1))
    }

    @Test("of a damaged image show what can be decoded, and report it")
    func damage() async throws {
        #expect(try await Self.thumbnail(of: Fixtures.path("corrupt/truncated-scan.jpg")).isDamaged)
        #expect(try await !Self.thumbnail(of: Fixtures.path("sampling/420.jpg")).isDamaged)
    }

    @Test("of 1,000 rows with two images each keep a page under 60 MB, and so do ten times as many")
    func pageSize() async throws {
        let folder = try TemporaryFolder()
        let noise = (0..<700 * 500 * 3).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        try folder.write(Self.pixmap(width: 700, height: 500, noise), as: "noise.bmp")
        let thumbnail = try await Self.thumbnail(of: folder.file("noise.bmp"))
        #expect(thumbnail.bytes.count > 15_000)
        let image = ReportImage(name: "noise.bmp", content: .thumbnail(thumbnail))
        for count in [1, 10] {
            var row = ReportRow(name: "noise.bmp", state: .done)
            row.prompt = String(repeating: "a dog in a hat, ", count: 60)
            (row.before, row.after) = (
                Array(repeating: image, count: count), Array(repeating: image, count: count)
            )
            var report = Report(title: "size")
            report.rows = Array(repeating: row, count: 1000)
            let written = try await report.write(to: folder.file("\(count).html"))
            #expect(written.rows == 1000 && written.byteCount < 60_000_000)
            let page = try String(
                contentsOf: URL(fileURLWithPath: folder.file("\(count).html")), encoding: .utf8)
            #expect(page.utf8.count == written.byteCount)
            #expect(page.contains("No thumbnail: the page has reached its maximum size") == (count == 10))
        }
    }
}
