import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// "Metadata removed" holds for the whole of a JPEG: bytes that decoders do not need are not sent.
@Suite("hidden bytes of a JPEG")
struct JPEGHidingTests {
    static let canary = Array("CANARY-51.5007N-0.1246W".utf8)

    /// A place for bytes that no decoder reads.
    struct Place: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// Whether the stripper cannot remove the bytes, so that the image must be re-encoded.
        var needsEncoding = false
        var hide: @Sendable (inout JPEGFile) -> Void
    }

    private static func segment(_ marker: UInt8, _ text: String = "") -> Place {
        Place(testDescription: "marker \(String(marker, radix: 16)) \(text)") {
            $0.insert([.init(marker, Array(text.utf8) + canary)], before: 0xDB)
        }
    }

    static let places =
        (0xE0...0xEF).map { segment(UInt8($0)) } + (0xF0...0xFD).map { segment(UInt8($0)) }
        + [0x02, 0x41, 0xBF, 0xC8, 0xCC, 0xDC, 0xDE, 0xDF, 0xFE].map { segment($0) }
        + [
            segment(0xE0, "JFIF\0"), segment(0xE0, "JFXX\0"), segment(0xE1, "Exif\0\0"),
            segment(0xE2, "MPF\0"),
            segment(0xE2, "ICC_PROFILE\0"), segment(0xEE, "Adobe\0"),
            Place(testDescription: "the tail of Adobe's marker") {
                $0.segments.removeAll { $0.marker == 0xEE }
                $0.insert(
                    [.init(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1] + canary)], before: 0xDB)
            },
            Place(testDescription: "an Adobe marker that another replaces") {
                $0.segments.removeAll { $0.marker == 0xEE }
                $0.insert(
                    [
                        .init(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0] + canary),
                        .init(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1]),
                    ], before: 0xDB)
            },
            Place(testDescription: "a thumbnail of JFIF") {
                $0.segments.removeAll { $0.marker == 0xE0 }
                let thumbnail = [UInt8](canary.prefix(21))
                $0.segments.insert(
                    .init(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 7, 1] + thumbnail), at: 0)
            },
            Place(testDescription: "between segments") { $0.change(0xDB) { $0.before = canary } },
            Place(testDescription: "fill bytes before a marker") {
                $0.change(0xC0) { $0.before = [UInt8](repeating: 0xFF, count: 5) }
            },
            Place(testDescription: "before a start of scan") { $0.change(0xDA) { $0.before = canary } },
            Place(testDescription: "behind the last block") { $0.change(0xDA) { $0.data += canary } },
            Place(testDescription: "one byte behind the last block") {
                $0.change(0xDA) { $0.data += [0x41] }
            },
            Place(testDescription: "behind the last block, with stuffed bytes and fill bytes") {
                $0.change(0xDA) { $0.data += [0xFF, 0] + canary + [0xFF, 0, 0xFF, 0xFF] }
            },
            Place(testDescription: "behind a restart marker behind the last block") {
                $0.change(0xDA) { $0.data += [0xFF, 0xD0] + canary + [0xFF, 0xD7] + canary }
            },
            Place(testDescription: "in a comment behind the scan") {
                $0.end = JPEGFile.Segment(0xFE, canary).bytes + $0.end
            },
            Place(testDescription: "in an application segment behind the scan") {
                $0.end = JPEGFile.Segment(0xEE, Array("Adobe".utf8) + canary).bytes + $0.end
            },
            Place(testDescription: "before the end of image") { $0.end = canary + $0.end },
            Place(testDescription: "behind the end of image") { $0.end += canary },
            Place(testDescription: "another image behind the end") { $0.end += $0.bytes + canary },
        ]

    private static func holdsCanary(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: canary.prefix(8)) }
    }

    static let files = [
        "420", "444", "progressive", "progressive-grey", "restart-rows", "restart-blocks", "grey", "ycck",
        "equal-2x2-separate-scans", "optimised",
    ]

    @Test("are removed from every place of every file, and the pixels stay", arguments: files)
    func hidden(_ name: String) throws {
        let plain = JPEGFile(try Fixtures.bytes("sampling/\(name).jpg"))
        let pixels = try DecodedPixels(plain.bytes)
        let clean = try ContainerStripperTests.strip(plain.bytes).bytes
        for place in Self.places {
            var file = plain
            if name == "ycck", place.testDescription.contains("Adobe") { continue }
            place.hide(&file)
            guard file.bytes != plain.bytes else { continue }
            let (bytes, plan) = try ContainerStripperTests.strip(file.bytes)
            #expect(!plan.needsEncoding, "\(place.testDescription)")
            #expect(!Self.holdsCanary(bytes), "\(place.testDescription)")
            #expect(!plan.isIdentical(to: EncodedSource(file.bytes)))
            #expect(!plan.removals.isEmpty || bytes == clean, "\(place.testDescription)")
            if try DecodedPixels(bytes) != pixels { Issue.record("\(place.testDescription): other pixels") }
        }
    }

    @Test(
        "between entropy-coded data and a restart marker are removed too",
        arguments: ["restart-rows", "restart-blocks"])
    func interval(_ name: String) throws {
        let plain = JPEGFile(try Fixtures.bytes("sampling/\(name).jpg"))
        var file = plain
        file.change(0xDA) { scan in
            let marker = scan.data.indices.dropLast().first {
                scan.data[$0] == 0xFF && scan.data[$0 + 1] == 0xD0
            }
            scan.data.insert(contentsOf: Self.canary, at: marker ?? 0)
        }
        let (bytes, plan) = try ContainerStripperTests.strip(file.bytes)
        #expect(!plan.needsEncoding && !Self.holdsCanary(bytes))
        #expect(try DecodedPixels(bytes) == DecodedPixels(plain.bytes))
    }

    @Test("after the profile, in its parts or between them, are removed, and the profile stays")
    func profile() throws {
        let plain = JPEGFile(try Fixtures.bytes("icc/p3.jpg"))
        let profile = try #require(try JPEGHeaderTests.probe(plain).profile?.bytes)
        let (first, second) = (Array(profile.prefix(200)), Array(profile.dropFirst(200)))
        for parts: [(UInt8, UInt8, [UInt8])] in [
            [(1, 1, profile + Self.canary)], [(1, 3, first), (2, 3, second), (3, 3, Self.canary)],
            [(2, 2, second + Self.canary), (1, 2, first)],
        ] {
            let file = try JPEGHeaderTests.file(parts: parts.map { ($0.0, $0.1, $0.2) })
            let (bytes, plan) = try ContainerStripperTests.strip(file.bytes)
            #expect(!Self.holdsCanary(bytes))
            #expect(!plan.removals.isEmpty)
            let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
            #expect(probe.profile?.bytes == profile)
            #expect(try ContainerStripperTests.strip(bytes).plan.isIdentical(to: EncodedSource(bytes)))
        }
        // A repeated part adds nothing, but other readers would drop the profile.
        let twice = try JPEGHeaderTests.file(parts: [(1, 1, profile), (1, 1, profile)])
        let once = try ContainerStripperTests.strip(twice.bytes).bytes
        #expect(JPEGFile(once).segments.filter { $0.marker == 0xE2 }.count == 1)
    }

    @Test(
        "in segments that T.81 reserves do not keep an image from being decoded",
        arguments: [0x02, 0xC8, 0xDE, 0xF0, 0xFD])
    func reserved(_ marker: UInt8) throws {
        let plain = JPEGFile(try Fixtures.bytes("sampling/420.jpg"))
        var file = plain
        file.insert([.init(marker, Self.canary)], before: 0xDB)
        let source = EncodedSource(file.bytes)
        #expect(try DecodedPixels(source) == DecodedPixels(plain.bytes))
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let bands = try PlaneSources.withSource(of: source, probe: probe, limits: DecodeLimits()) {
            planes, _ in
            planes.format.size
        }
        #expect(bands == probe.size)
    }

    @Test("data that cannot be parsed must be decoded and re-encoded")
    func unfollowed() throws {
        for change: (inout JPEGFile) -> Void in [
            { $0.change(0xDA) { $0.data.removeLast($0.data.count / 2) } },
            { $0.segments.removeAll { $0.marker == 0xC4 } },
            { $0.change(0xDB) { $0.payload += Self.canary } },
        ] {
            var file = JPEGFile(try Fixtures.bytes("sampling/444.jpg"))
            change(&file)
            #expect(try ContainerStripperTests.strip(file.bytes).plan.needsEncoding)
        }
        #expect(
            try ContainerStripperTests.strip(Fixtures.bytes("sampling/arithmetic.jpg")).plan.needsEncoding)
    }

    @Test("every fixture can be parsed to its last block", arguments: ContainerStripperTests.rows)
    func followed(_ row: Fixtures.Row) throws {
        guard row.expect.format == "jpeg", !row.path.contains("arithmetic") else { return }
        let plan = try ContainerStripperTests.strip(Fixtures.bytes(row.path)).plan
        #expect(!plan.needsEncoding)
    }

    @Test("parsing of the codes only fails if decoding does", arguments: 0..<8)
    func mutations(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let source = try Fixtures.bytes(
            "sampling/\(["420", "progressive", "restart-rows", "ycck"][Int(seed % 4)]).jpg")
        var followed = 0
        for _ in 0..<200 {
            var bytes = source
            bytes[Int.random(in: 200..<bytes.count - 2, using: &generator)] ^= UInt8(
                1 << Int.random(in: 0..<8, using: &generator))
            guard let stripped = try? ContainerStripperTests.strip(bytes), !stripped.plan.needsEncoding else {
                continue
            }
            followed += 1
            // Data that libjpeg warns about as damaged are not parsed to the end.
            #expect(throws: Never.self) { try DecodedPixels(stripped.bytes) }
        }
        #expect(followed > 0)
    }
}
