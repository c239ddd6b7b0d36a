import Foundation
import ImageCodecs
import Pixels
import TestSupport
import Testing

@Suite("metadata at container level")
struct ContainerStripperTests {
    static let rows = Fixtures.rows.filter { row in
        row.expect.error == nil && ["jpeg", "png", "webp"].contains(row.expect.format)
            && !row.path.hasSuffix("animated.webp")
            && !row.path.contains("cmyk")
            && !row.path.contains("ycck")
    }

    static func strip(_ bytes: [UInt8]) throws -> (bytes: [UInt8], plan: StrippedImage) {
        let source = EncodedSource(bytes)
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let plan = try ContainerStripper.strip(source, probe: probe, limits: DecodeLimits())
        var result = [UInt8](repeating: 0, count: plan.byteCount)
        try result.withUnsafeMutableBytes { try plan.write(from: source, into: $0) }
        return (result, plan)
    }

    @Test("keeps the decoded pixels, the profile and the transparency", arguments: rows)
    func pixels(_ row: Fixtures.Row) throws {
        let bytes = try Fixtures.bytes(row.path)
        let stripped = try Self.strip(bytes).bytes
        #expect(try DecodedPixels(stripped) == DecodedPixels(bytes))
        let before = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        let after = try Prober.probe(EncodedSource(stripped), limits: DecodeLimits())
        #expect(after.profile == before.profile)
        #expect(after.hasAlpha == before.hasAlpha)
        #expect(after.orientation == .topLeft)
        #expect(stripped.count <= bytes.count + 12)
    }

    @Test("changes nothing the second time", arguments: rows)
    func fixedPoint(_ row: Fixtures.Row) throws {
        let once = try Self.strip(Fixtures.bytes(row.path)).bytes
        let twice = try Self.strip(once)
        #expect(twice.bytes == once)
        #expect(twice.plan.isIdentical(to: EncodedSource(once)))
        #expect(twice.plan.removals.isEmpty)
    }

    @Test(
        "leaves nothing that ExifTool finds",
        .enabled(if: ExifTool.isPresent, "exiftool is not installed"))
    func exiftool() throws {
        let folder = try TemporaryFolder()
        var before = 0
        for (number, row) in Self.rows.enumerated() {
            let bytes = try Fixtures.bytes(row.path)
            let name = "\(number).\(row.path.split(separator: ".").last ?? "")"
            try folder.write(bytes, as: "before-\(name)")
            try folder.write(Self.strip(bytes).bytes, as: "after-\(name)")
        }
        for (file, tags) in try ExifTool.tags(in: folder.path) {
            let personal = tags.filter(ExifTool.isPersonal)
            if file.contains("/before-") {
                before += personal.count
            } else {
                #expect(personal.isEmpty, "\(file): \(personal)")
            }
        }
        #expect(before > 50, "the fixtures carry too little metadata")
    }

    @Test("half a JPEG with an end marker passes the structural check and fails the pixel check")
    func gluedEnd() throws {
        let bytes = try Fixtures.bytes("corrupt/half-with-end-marker.jpg")
        #expect(!(try Self.strip(bytes).plan.lacksEnd))
        let error = #expect(throws: CodecError.self) { try DecodedPixels(bytes) }
        guard case .truncated = error else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test("adds a missing end marker and removes bytes after the end")
    func ends() throws {
        let missing = try Self.strip(Fixtures.bytes("corrupt/no-end-marker.jpg"))
        #expect(missing.plan.lacksEnd)
        #expect(missing.bytes.suffix(2) == [0xFF, 0xD9])
        let noEnd = try Self.strip(Fixtures.bytes("corrupt/no-iend.png"))
        #expect(noEnd.plan.lacksEnd)
        #expect(noEnd.bytes.suffix(8).starts(with: Array("IEND".utf8)))
        for file in ["junk-after-end.jpg", "junk-after-end.png"] {
            let junk = try Self.strip(Fixtures.bytes("corrupt/\(file)"))
            #expect(junk.plan.removals.contains(.trailingData))
            #expect(!junk.plan.lacksEnd)
        }
    }

    @Test("refuses a wrong checksum and a file cut within a chunk")
    func broken() throws {
        #expect(throws: CodecError.corrupt("checksum of chunk IDAT is wrong")) {
            try Self.strip(Fixtures.bytes("corrupt/wrong-crc.png"))
        }
        for file in ["truncated-lossy.webp", "truncated-lossless.webp"] {
            let error = #expect(throws: CodecError.self) { try Self.strip(Fixtures.bytes("corrupt/\(file)")) }
            guard case .truncated? = error else {
                return #expect(Bool(false), "\(file): \(String(describing: error))")
            }
        }
    }
}
