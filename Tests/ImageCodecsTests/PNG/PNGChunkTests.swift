import ImageCodecs
import LibpngReport
import PixelEngine
import Pixels
import TestSupport
import Testing

/// The chunks of a PNG that count, compared with libpng's own decision.
@Suite("PNG chunks")
struct PNGChunkTests {
    // MARK: Files

    /// Returns two rows of two pixels, with whole chunks before and after the image data.
    static func file(
        colorType: UInt8 = 2, depth: UInt8 = 8, head: [UInt8] = [], behind: [UInt8] = [],
        end: [UInt8] = PNGFile.chunk("IEND", [])
    ) -> [UInt8] {
        let samples = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][Int(colorType)] ?? 1
        let row = [UInt8](repeating: 0, count: 1 + (2 * samples * Int(depth) + 7) / 8)
        return PNGFile.file(
            width: 2, height: 2, colorType: colorType, depth: depth, stream: PNGFile.zlib(row + row),
            chunkLengths: [1000], head: head, behind: behind, end: end)
    }

    static let palette = PNGFile.chunk("PLTE", [0, 0, 0, 255, 255, 255])

    static func numbers(_ values: Int...) -> [UInt8] {
        values.flatMap { PNGFile.bigEndian(UInt32(truncatingIfNeeded: $0)) }
    }

    static func profileChunk(
        _ profile: [UInt8], name: [UInt8] = Array("icc".utf8), method: UInt8 = 0, behind: [UInt8] = []
    ) -> [UInt8] {
        name + [0, method] + PNGFile.zlib(profile) + behind
    }

    /// A colour chunk: contents that count, alternatives that also count, and contents that do not.
    struct Source: Sendable, CustomStringConvertible {
        var type: String
        var bit: Int32
        var valid: [UInt8]
        var other: [UInt8]
        var invalid: [[UInt8]]
        var description: String { type }
    }

    static let sources = [
        Source(
            type: "cICP", bit: Int32(LIBPNG_REPORT_cICP), valid: [9, 1, 0, 1], other: [12, 13, 0, 1],
            invalid: [[], [9, 1, 0], [9, 1, 0, 1, 0], [9, 1, 1, 1], [9, 1, 9, 1]]),
        Source(
            type: "iCCP", bit: Int32(LIBPNG_REPORT_iCCP), valid: profileChunk(ColorProfiles.displayP3),
            other: profileChunk(adobe), invalid: badProfiles),
        Source(
            type: "sRGB", bit: Int32(LIBPNG_REPORT_sRGB), valid: [0], other: [3],
            invalid: [[], [0, 0], [4], [255]]),
        Source(
            type: "gAMA", bit: Int32(LIBPNG_REPORT_gAMA), valid: numbers(100_000), other: numbers(55_555),
            invalid: [
                [], [0, 1, 0x86], numbers(100_000) + [0], numbers(0), numbers(15), numbers(625_000_001),
                numbers(Int(Int32.max)), numbers(-1),
            ]),
        Source(
            type: "cHRM", bit: Int32(LIBPNG_REPORT_cHRM),
            valid: numbers(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000),
            other: numbers(31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000),
            invalid: [
                [], numbers(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000),
                numbers(31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000) + [0],
                numbers(0, 0, 0, 0, 0, 0, 0, 0),
                numbers(31_270, 0, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000),
                numbers(31_270, 32_900, 64_000, 43_000, 21_000, 71_000, 15_000, 6_000),
                numbers(31_270, 32_900, -1, 33_000, 21_000, 71_000, 15_000, 6_000),
                numbers(31_270, 32_900, 64_000, 33_000, 64_000, 33_000, 64_000, 33_000),
                numbers(90_000, 5_000, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000),
            ]),
    ]

    private static let adobe: [UInt8] = {
        guard case .profile(let bytes)? = DescribedColor.adobeRGB.colorSpace(channels: 3) else { return [] }
        return bytes
    }()

    /// Profiles that libpng rejects for an RGB image.
    private static var badProfiles: [[UInt8]] {
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var profile = ColorProfiles.displayP3
            change(&profile)
            return profileChunk(profile)
        }
        let good = profileChunk(ColorProfiles.displayP3)
        let grey = ICCProfile.grey { $0 * $0 }.bytes()
        return [
            [], Array(good.prefix(13)), Array(good.prefix(good.count / 2)),
            profileChunk(ColorProfiles.displayP3, name: []),
            profileChunk(ColorProfiles.displayP3, name: [UInt8](repeating: 65, count: 80)),
            profileChunk(ColorProfiles.displayP3, method: 1),
            Array("icc".utf8) + [0, 0] + [UInt8](repeating: 7, count: 200),
            profileChunk(grey),
            changed { $0[36] = 0 },  // signature
            changed { $0[3] &+= 4 },  // more is declared than there is
            changed { $0.replaceSubrange(0..<4, with: [0, 0, 0, 100]) },
            changed { $0.replaceSubrange(12..<16, with: Array("link".utf8)) },
            changed { $0.replaceSubrange(12..<16, with: Array("abst".utf8)) },
            changed { $0.replaceSubrange(20..<24, with: Array("RGB ".utf8)) },
            changed { $0.replaceSubrange(64..<68, with: [0, 1, 0, 0]) },  // rendering intent
            changed { $0.replaceSubrange(128..<132, with: [0, 0, 255, 255]) },  // tags
            changed { $0.replaceSubrange(136..<140, with: [0, 255, 0, 0]) },  // a tag outside the profile
        ]
    }

    /// The facts that the header gives of a file.
    struct Outcome: Equatable {
        var colorSpace: ColorSpace
        var origin: String?
        var profile: String?

        init(_ bytes: [UInt8]) throws {
            let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
            (colorSpace, origin, profile) = (probe.colorSpace, probe.colorOrigin, probe.profileName)
        }
    }

    /// A defect of a chunk.
    struct Defect: CustomStringConvertible {
        var description: String
        /// The chunk and its neighbours before the image data; `behind` holds those after it.
        var head: [UInt8] = []
        var behind: [UInt8] = []
        /// Whether the first of two chunks still counts.
        var leavesOneValid = false
        /// Whether only the values are wrong, on which versions of libpng differ.
        var isRange = false
    }

    static func defects(of source: Source) -> [Defect] {
        let whole = PNGFile.chunk(source.type, source.valid)
        var defects = [
            // libpng reads a profile before it compares the chunk's CRC.
            Defect(
                description: "checksum", head: PNGFile.chunk(source.type, source.valid, isDamaged: true),
                leavesOneValid: source.type == "iCCP"),
            Defect(description: "behind PLTE", head: palette + whole),
            Defect(description: "behind the image data", behind: whole),
            Defect(
                description: "two", head: whole + PNGFile.chunk(source.type, source.other),
                leavesOneValid: true),
            Defect(
                description: "an invalid one first",
                head: PNGFile.chunk(source.type, source.invalid[2]) + whole, leavesOneValid: true),
        ]
        for (index, contents) in source.invalid.enumerated() {
            defects.append(
                Defect(
                    description: "contents \(index)", head: PNGFile.chunk(source.type, contents),
                    isRange: contents.count == source.valid.count))
        }
        return defects
    }

    static func report(_ bytes: [UInt8], color: String? = nil) -> libpng_report {
        bytes.withUnsafeBufferPointer { libpng_report_on($0.baseAddress, $0.count, color) }
    }

    /// Returns the types of a file's chunks.
    static func chunkTypes(_ bytes: [UInt8]) -> [String] {
        var (types, offset) = ([String](), 8)
        while offset + 8 <= bytes.count {
            types.append(String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self))
            offset += 12 + bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        return types
    }

    // MARK: Colour

    @Test("a colour chunk counts exactly if libpng reads it", arguments: sources)
    func alone(_ source: Source) throws {
        let plain = try Outcome(Self.file())
        let valid = Self.file(head: PNGFile.chunk(source.type, source.valid))
        let counted = try Outcome(valid)
        #expect((counted != plain) == (source.type != "sRGB"))
        #expect(try Prober.probe(EncodedSource(valid), limits: DecodeLimits()).remarks == [])
        for defect in [Defect(description: "none", head: PNGFile.chunk(source.type, source.valid))]
            + Self.defects(of: source)
        {
            let isValid = defect.leavesOneValid || defect.description == "none"
            let bytes = Self.file(head: defect.head, behind: defect.behind)
            #expect(try Outcome(bytes) == (isValid ? counted : plain), "\(source) \(defect)")
            let report = Self.report(bytes, color: source.type)
            #expect(report.is_refused == 0, "\(source) \(defect)")
            // This libpng does not report chunks that it does not know, or judges by their
            // neighbours.
            let isSilent =
                source.type == "cICP" && report.knows_cicp == 0
                || ["two", "an invalid one first"].contains(defect.description) && report.version < 10647
                || defect.isRange && report.version >= 10647 && ["gAMA", "cHRM"].contains(source.type)
            if !isSilent { #expect((report.valid & source.bit != 0) == isValid, "\(source) \(defect)") }
        }
    }

    @Test("a chunk that does not count leaves all other colour chunks in force, in either order")
    func besides() throws {
        for source in Self.sources {
            for defect in Self.defects(of: source) {
                for other in Self.sources where other.type != source.type {
                    let chunk = PNGFile.chunk(other.type, other.valid)
                    let valid = defect.leavesOneValid ? PNGFile.chunk(source.type, source.valid) : []
                    let expected = try Outcome(Self.file(head: chunk + valid))
                    let first = Self.file(head: chunk + defect.head, behind: defect.behind)
                    #expect(try Outcome(first) == expected, "\(other), \(source) \(defect)")
                    guard defect.description != "behind PLTE" else { continue }
                    let last = Self.file(head: defect.head + chunk, behind: defect.behind)
                    #expect(try Outcome(last) == expected, "\(source) \(defect), \(other)")
                }
            }
        }
    }

    @Test("of several that count, the order is cICP, iCCP, sRGB, gAMA with cHRM")
    func precedence() throws {
        for (index, source) in Self.sources.enumerated() {
            for other in Self.sources[(index + 1)...] where source.type != "gAMA" {
                let alone = PNGFile.chunk(source.type, source.valid)
                let both = alone + PNGFile.chunk(other.type, other.valid)
                #expect(try Outcome(Self.file(head: both)) == Outcome(Self.file(head: alone)))
            }
        }
        let gamma = PNGFile.chunk("gAMA", Self.sources[3].valid)
        let place = PNGFile.chunk("cHRM", Self.sources[4].valid)
        #expect(try Outcome(Self.file(head: gamma + place)).origin == "gAMA and cHRM")
    }

    @Test(
        "unspecified cICP leaves the colour to the profile; unknown cICP also leaves a remark",
        arguments: [
            ([2, 2, 0, 1], false), ([200, 13, 0, 1], true), ([1, 99, 0, 1], true), ([0, 0, 0, 1], true),
            ([12, 13, 0, 0], true), ([2, 2, 0, 0], true),
        ] as [([UInt8], Bool)])
    func silentCodePoints(_ codePoints: [UInt8], _ leavesRemark: Bool) throws {
        for other in Self.sources[1...] {
            let chunk = PNGFile.chunk(other.type, other.valid)
            let bytes = Self.file(head: PNGFile.chunk("cICP", codePoints) + chunk)
            #expect(try Outcome(bytes) == Outcome(Self.file(head: chunk)), "\(other)")
            let remarks = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits()).remarks
            #expect(remarks.count == (leavesRemark ? 1 : 0), "\(remarks)")
            // A decoder that trusts the chunk would see other colours than those decided on.
            let stripped = try ContainerStripperTests.strip(bytes).bytes
            #expect(!Self.chunkTypes(stripped).contains("cICP"))
        }
    }

    @Test(
        "chunks that do not count are not sent, and libpng does not warn about the rest", arguments: sources)
    func stripped(_ source: Source) throws {
        for defect in Self.defects(of: source) {
            let bytes = Self.file(head: defect.head, behind: defect.behind)
            let (result, plan) = try ContainerStripperTests.strip(bytes)
            let count = Self.chunkTypes(result).count { $0 == source.type }
            #expect(count == (defect.leavesOneValid ? 1 : 0), "\(source) \(defect)")
            #expect(!plan.removals.isEmpty, "\(source) \(defect)")
            let report = Self.report(result)
            #expect(report.is_refused == 0 && report.warnings == 0, "\(source) \(defect)")
            let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
            #expect(probe.remarks.isEmpty == (source.type == "iCCP" && defect.description == "checksum"))
        }
    }
}
