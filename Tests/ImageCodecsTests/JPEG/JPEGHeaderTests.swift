import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// The meaning of JPEG headers on which decoders differ.
@Suite("JPEG headers")
struct JPEGHeaderTests {
    static func probe(_ file: JPEGFile) throws -> ImageProbe {
        try Prober.probe(EncodedSource(file.bytes), limits: DecodeLimits())
    }

    /// An EXIF segment with an orientation.
    static func exif(_ orientation: UInt8) -> JPEGFile.Segment {
        let tiff: [UInt8] = [
            0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
        ]
        return JPEGFile.Segment(0xE1, Array("Exif\0\0".utf8) + tiff + [0, 0, 0, 0])
    }

    @Test("the first EXIF block with an orientation counts")
    func exif() throws {
        let plain = JPEGFile(try Fixtures.bytes("sampling/444.jpg"))
        let empty = JPEGFile.Segment(0xE1, Array("Exif\0\0".utf8))
        let bare = JPEGFile.Segment(
            0xE1, Array("Exif\0\0".utf8) + [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        for (blocks, expected) in [
            ([empty, Self.exif(6)], Orientation.rightTop), ([bare, Self.exif(6)], .rightTop),
            ([Self.exif(9), Self.exif(6)], .rightTop), ([Self.exif(3), Self.exif(6)], .bottomRight),
            ([empty, bare], .topLeft),
        ] {
            var file = plain
            file.insert(blocks, before: 0xDB)
            #expect(try Self.probe(file).orientation == expected)
        }
    }

    @Test("a pad byte of 0xFF before a marker hides nothing")
    func padding() throws {
        var file = JPEGFile(try Fixtures.bytes("sampling/444.jpg"))
        var block = Self.exif(6)
        block.before = [0xFF]
        file.insert([block], before: 0xDB)
        #expect(try Self.probe(file).orientation == .rightTop)
    }

    @Test("CMYK is inverted with or without Adobe's marker; an unknown transform is YCCK")
    func cmyk() throws {
        var file = JPEGFile(try Fixtures.bytes("sampling/cmyk.jpg"))
        let marked = try DecodedPixels(file.bytes)
        file.segments.removeAll { $0.marker == 0xEE }
        #expect(try DecodedPixels(file.bytes) == marked)
        let probe = try Self.probe(file)
        #expect(probe.colorModel == .cmyk && probe.hasInvertedCMYK)
        var ycck = JPEGFile(try Fixtures.bytes("sampling/ycck.jpg"))
        let whole = try DecodedPixels(ycck.bytes)
        ycck.change(0xEE) { $0.payload[11] = 1 }
        #expect(try Self.probe(ycck).colorModel == .ycck)
        #expect(try DecodedPixels(ycck.bytes) == whole)
    }

    @Test(
        "the CMYK file of the report looks the same as in Pillow and browsers",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func reportedCMYK() throws {
        let image = try DecodedPixels(Faults.bytes("jpeg-cmyk-no-adobe.jpg"))
        // The values of Pillow 13.
        for (x, y, color) in [(2, 2, [220, 29, 30]), (20, 12, [120, 120, 100]), (38, 22, [231, 220, 40])] {
            for channel in 0..<3 {
                let found = Int(image.rgba[(y * image.size.width + x) * 4 + channel])
                #expect(abs(found - color[channel]) <= 2)
            }
        }
    }

    // MARK: Profiles

    /// Returns a file whose profile has these parts: number, total and bytes.
    static func file(parts: [(number: UInt8, total: UInt8, bytes: [UInt8])]) throws -> JPEGFile {
        var file = JPEGFile(try Fixtures.bytes("icc/p3.jpg"))
        file.segments.removeAll { $0.marker == 0xE2 }
        let segments = parts.map {
            JPEGFile.Segment(0xE2, Array("ICC_PROFILE\0".utf8) + [$0.number, $0.total] + $0.bytes)
        }
        file.insert(segments, before: 0xDB)
        return file
    }

    @Test("profile parts may be repeated and in any order; missing or contradictory parts drop the profile")
    func parts() throws {
        let whole = JPEGFile(try Fixtures.bytes("icc/p3.jpg"))
        let profile = try #require(try Self.probe(whole).profile?.bytes)
        let (first, second) = (Array(profile.prefix(200)), Array(profile.dropFirst(200)))
        let good: [[(UInt8, UInt8, [UInt8])]] = [
            [(1, 2, first), (2, 2, second)], [(2, 2, second), (1, 2, first)],
            [(1, 1, profile), (1, 1, profile)], [(1, 2, first), (1, 2, first), (2, 2, second)],
        ]
        for parts in good {
            let probe = try Self.probe(Self.file(parts: parts.map { ($0.0, $0.1, $0.2) }))
            #expect(probe.profile?.bytes == profile)
        }
        let bad: [[(UInt8, UInt8, [UInt8])]] = [
            [(1, 2, first)], [(2, 2, second)], [(1, 2, first), (2, 3, second)], [(0, 1, profile)],
            [(1, 2, first), (1, 2, second), (2, 2, second)], [(2, 1, profile)],
        ]
        for parts in bad {
            let probe = try Self.probe(Self.file(parts: parts.map { ($0.0, $0.1, $0.2) }))
            #expect(probe.profile == nil)
            #expect(probe.remarks.count == 1)
        }
    }

    @Test("an RGB profile of a grey image is ignored with a remark")
    func greyProfile() throws {
        let profile = try #require(try Self.probe(JPEGFile(Fixtures.bytes("icc/p3.jpg"))).profile?.bytes)
        var file = JPEGFile(try Fixtures.bytes("sampling/grey.jpg"))
        file.insert([JPEGFile.Segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)], before: 0xDB)
        let probe = try Self.probe(file)
        #expect(probe.profile == nil && probe.colorSpace == .sRGB)
        #expect(probe.remarks.count == 1)
    }

    @Test("JPEG-LS is an unsupported feature")
    func jpegLS() {
        let bytes: [UInt8] = [
            0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0,
        ]
        #expect(throws: CodecError.unsupportedFeature("JPEG-LS is not read")) {
            try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        }
    }
}
