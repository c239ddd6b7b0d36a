import ImageCodecs
import Pixels
import TestSupport
import Testing

/// The warnings of libjpeg that mean wrong pixels, in a JPEG file and within TIFF.
@Suite("JPEG warnings")
struct JPEGWarningTests {
    static func file(_ name: String) throws -> JPEGFile {
        JPEGFile(try Fixtures.bytes("sampling/\(name).jpg"))
    }

    /// A change that makes libjpeg warn and leaves all samples intact.
    struct Harmless: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var source = "444"
        var change: @Sendable (inout JPEGFile) -> Void
    }

    static let harmless = [
        Harmless(testDescription: "a sequential scan with Ss, Se, Ah and Al of 0 (JWRN_NOT_SEQUENTIAL)") {
            $0.change(0xDA) { $0.payload.replaceSubrange(($0.payload.count - 3)..., with: [0, 0, 0]) }
        },
        Harmless(testDescription: "a sequential scan with Ss 1, Se 5, Ah 1, Al 1", source: "420") {
            $0.change(0xDA) { $0.payload.replaceSubrange(($0.payload.count - 3)..., with: [1, 5, 0x11]) }
        },
        Harmless(testDescription: "bytes between segments (JWRN_EXTRANEOUS_DATA)") {
            $0.change(0xDB) { $0.before = Array("nobody reads this".utf8) }
        },
        Harmless(
            testDescription: "bytes left over before a restart marker, as webcams have them",
            source: "restart-rows"
        ) {
            $0.change(0xDA) { scan in
                let marker = scan.data.indices.dropLast().first {
                    scan.data[$0] == 0xFF && scan.data[$0 + 1] == 0xD0
                }
                scan.data.insert(contentsOf: [UInt8](repeating: 0x55, count: 24), at: marker ?? 0)
            }
        },
        Harmless(testDescription: "bytes before the end of image") {
            $0.end = Array("nobody reads this".utf8) + $0.end
        },
        Harmless(testDescription: "an unknown Adobe transform (JWRN_ADOBE_XFORM)") {
            $0.segments.removeAll { $0.marker == 0xE0 }
            $0.segments.insert(.init(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 9]), at: 0)
        },
        Harmless(testDescription: "JFIF 9.02 (JWRN_JFIF_MAJOR)") {
            $0.change(0xE0) { $0.payload[5] = 9 }
        },
        Harmless(testDescription: "no end of image, and nothing missing (JWRN_JPEG_EOF)") { $0.end = [] },
        Harmless(
            testDescription: "details before the averages (JWRN_BOGUS_PROGRESSION)",
            source: "progressive-grey"
        ) {
            var scans = $0.scans
            scans.swapAt(0, 1)
            $0.scans = scans
        },
        Harmless(testDescription: "fill bytes before every marker") {
            for index in $0.segments.indices { $0.segments[index].before = [0xFF, 0xFF, 0xFF] }
            $0.end = [0xFF, 0xFF] + $0.end
        },
    ]

    @Test("that leave all samples intact are ignored, for rows and for planes", arguments: harmless)
    func unharmed(_ test: Harmless) throws {
        var file = try Self.file(test.source)
        let whole = try Reading(EncodedSource(file.bytes), limits: DecodeLimits())
        let before = file.bytes
        test.change(&file)
        #expect(file.bytes != before)
        #expect(try Reading(EncodedSource(file.bytes), limits: DecodeLimits()) == whole)
    }

    /// A change that makes samples wrong.
    struct Harmful: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var source = "444"
        var error: CodecError
        var change: @Sendable (inout JPEGFile) -> Void
    }

    static let harmful = [
        Harmful(
            testDescription: "restart markers out of order (JWRN_MUST_RESYNC)", source: "restart-rows",
            error: .corrupt("Corrupt JPEG data: found marker 0xd5 instead of RST0")
        ) {
            $0.change(0xDA) { scan in
                let marker = scan.data.indices.dropLast().first {
                    scan.data[$0] == 0xFF && scan.data[$0 + 1] == 0xD0
                }
                scan.data[(marker ?? 0) + 1] = 0xD5
            }
        },
        Harmful(
            testDescription: "data that end before the last block (JWRN_HIT_MARKER)",
            error: .truncated("Corrupt JPEG data: premature end of data segment")
        ) {
            $0.change(0xDA) { $0.data.removeLast($0.data.count / 2) }
        },
        Harmful(
            testDescription: "a refinement of nothing (JWRN_BOGUS_PROGRESSION)", source: "progressive-grey",
            error: .corrupt("Inconsistent progression sequence for component 0 coefficient 6")
        ) {
            $0.scans = Array($0.scans.enumerated().filter { $0.offset != 2 }.map(\.element))
        },
        Harmful(
            testDescription: "a component without a scan", source: "equal-2x2-separate-scans",
            error: .corrupt("a component of the image has no scan")
        ) {
            $0.scans = $0.scans.dropLast()
        },
    ]

    @Test("that mean wrong samples refuse the image, for rows and for planes", arguments: harmful)
    func refused(_ test: Harmful) throws {
        var file = try Self.file(test.source)
        test.change(&file)
        let source = EncodedSource(file.bytes)
        #expect(throws: test.error) { try Reading(source, limits: DecodeLimits()) }
        #expect(throws: test.error) { try Reading.planes(source, denominator: 1, limits: DecodeLimits()) }
    }

    @Test(
        "if damage is tolerated, the image has its full size and the first damage is reported",
        arguments: harmful)
    func tolerated(_ test: Harmful) throws {
        var file = try Self.file(test.source)
        test.change(&file)
        let source = EncodedSource(file.bytes)
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let report = DamageReport()
        let rows = try RowReaders.withReader(
            of: source, probe: probe, limits: DecodeLimits(), damage: report
        ) { reader in
            var row = [UInt8](repeating: 0, count: reader.rowBytes)
            var rows = 0
            for _ in 0..<reader.size.height {
                try row.withUnsafeMutableBufferPointer {
                    if let base = $0.baseAddress { try reader.readRow(into: base) }
                }
                rows += 1
            }
            try reader.finish()
            return rows
        }
        #expect(rows == probe.size.height)
        #expect(report.first == test.error)
    }

    @Test(
        "a lossless rotation accepts harmless warnings and leaves the others to the decoder",
        .enabled(if: JPEGRotator.isAvailable, "trait LosslessTurn is off"))
    func rotation() throws {
        func turned(_ change: (inout JPEGFile) -> Void) throws -> [UInt8]? {
            var file = JPEGFile(try Fixtures.bytes("orientation/jpeg-6.jpg"))
            change(&file)
            let source = EncodedSource(file.bytes)
            let probe = try Prober.probe(source, limits: DecodeLimits())
            return try JPEGRotator.turn(source, probe: probe, limits: DecodeLimits())?.array()
        }
        let plain = try #require(try turned { _ in })
        // Changes that fit any file; data that TurboJPEG does not read past are left to the
        // decoder.
        var turnedFiles = 0
        for test in Self.harmless where ["444", "420"].contains(test.source) {
            guard let bytes = try turned(test.change) else { continue }
            turnedFiles += 1
            #expect(try DecodedPixels(bytes) == DecodedPixels(plain), "\(test.testDescription)")
        }
        #expect(turnedFiles >= 2)
        #expect(try turned { $0.change(0xDA) { $0.data.removeLast($0.data.count / 2) } } == nil)
        // The first warning is harmless, the second is not.
        #expect(
            try turned {
                $0.change(0xDA) {
                    $0.payload.replaceSubrange(($0.payload.count - 3)..., with: [0, 0, 0])
                    $0.data.removeLast($0.data.count / 2)
                }
            } == nil)
    }

    // MARK: Within TIFF

    /// Returns a TIFF whose single strip is the JPEG file.
    static func tiff(_ jpeg: [UInt8], subsampling: [Int] = [1, 1]) throws -> EncodedSource {
        let size = try Prober.probe(EncodedSource(jpeg), limits: DecodeLimits()).size
        let directory = TIFFFile.Directory(
            [
                256: [size.width], 257: [size.height], 258: [8, 8, 8], 259: [7], 262: [6], 277: [3],
                278: [size.height], 530: subsampling,
            ], strip: jpeg)
        return EncodedSource(TIFFFile(directory).bytes)
    }

    @Test("mean the same within TIFF", .enabled(if: ImageFormat.tiff.isReadable))
    func withinTIFF() throws {
        let whole = try DecodedPixels(Self.tiff(Self.file("444").bytes))
        #expect(try whole == DecodedPixels(Self.file("444").bytes))
        for test in Self.harmless where test.source == "444" {
            var file = try Self.file(test.source)
            test.change(&file)
            #expect(try DecodedPixels(Self.tiff(file.bytes)) == whole, "\(test.testDescription)")
        }
        var file = try Self.file("444")
        file.change(0xDA) { $0.data.removeLast($0.data.count / 2) }
        let source = try Self.tiff(file.bytes)
        #expect(throws: CodecError.corrupt("Corrupt JPEG data: premature end of data segment")) {
            try DecodedPixels(source)
        }
        file.end = []
        // The strip ends early, the TIFF file does not, so the file is not truncated.
        #expect(throws: CodecError.corrupt("Corrupt JPEG data: premature end of data segment")) {
            try DecodedPixels(Self.tiff(file.bytes))
        }
    }

    @Test(
        "without an end marker a progressive strip may lack scans", .enabled(if: ImageFormat.tiff.isReadable))
    func progressiveWithinTIFF() throws {
        var file = try Self.file("progressive")
        #expect(throws: Never.self) { try DecodedPixels(Self.tiff(file.bytes)) }
        file.scans = file.scans.dropLast()
        file.end = []
        #expect(throws: CodecError.corrupt("Premature end of JPEG file")) {
            try DecodedPixels(Self.tiff(file.bytes))
        }
    }

    @Test(
        "lossless JPEG within TIFF is an unsupported feature", .enabled(if: ImageFormat.tiff.isReadable))
    func losslessWithinTIFF() throws {
        var source = try Self.tiff(Self.file("444").bytes).bytes(at: 0, length: .max)
        let frame = try #require(
            source.indices.dropLast().first { source[$0] == 0xFF && source[$0 + 1] == 0xC0 })
        source[frame + 1] = 0xC3
        let error = #expect(throws: CodecError.self) {
            try Prober.probe(EncodedSource(source), limits: DecodeLimits())
        }
        guard case .unsupportedFeature(let what) = error else {
            Issue.record("expected an unsupported feature, found \(String(describing: error))")
            return
        }
        #expect(what.contains("lossless JPEG"))
    }

    @Test(
        "the files of the reports are read", .enabled(if: Faults.isPresent, "\(Faults.absence)"),
        arguments: [
            ("jpeg-sos-zero-params.jpg", PixelSize(width: 96, height: 64)),
            ("tiff-jpeg-sos-zero.tif", PixelSize(width: 160, height: 128)),
            ("smallliz.tif", PixelSize(width: 160, height: 160)),
        ])
    func reported(_ file: String, _ size: PixelSize) throws {
        let image = try DecodedPixels(Faults.bytes(file))
        #expect(image.size == size)
        // More than the grey of missing blocks.
        #expect(Set(stride(from: 0, to: image.rgba.count, by: 4).map { image.rgba[$0] }).count > 50)
    }
}
