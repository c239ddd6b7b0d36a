import ImageCodecs
import Pixels
import TestSupport
import Testing

/// The choice of the image in a TIFF, and reading with missing tags.
@Suite("TIFF", .enabled(if: ImageFormat.tiff.isReadable))
struct TIFFTests {
    typealias Directory = TIFFFile.Directory

    static func probe(_ file: TIFFFile) throws -> ImageProbe {
        try Prober.probe(EncodedSource(file.bytes), limits: DecodeLimits())
    }

    // MARK: Camera raw

    struct Raw: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var bytes: [UInt8]

        init(_ name: String, _ bytes: [UInt8]) {
            testDescription = name
            self.bytes = bytes
        }

        init(_ name: String, preamble: [UInt8] = [], _ directories: Directory...) {
            var file = TIFFFile()
            file.directories = directories
            file.preamble = preamble
            self.init(name, file.bytes)
        }
    }

    private static let preview = Directory(width: 160, height: 120, [254: [1]])
    private static let mosaic: [Int: [Int]] = [254: [0], 258: [14], 262: [32803], 33421: [2, 2]]

    private static func sensor(compression: Int, _ more: [Int: [Int]] = [:]) -> Directory {
        Directory(
            width: 400, height: 300, samples: 1,
            mosaic.merging([259: [compression]]) { $1 }.merging(more) { $1 })
    }

    static let raws = [
        Raw("NEF", preview.text(271, "NIKON CORPORATION").with(sensor(compression: 34713))),
        Raw("ARW", preview.text(271, "SONY").with(sensor(compression: 32767))),
        Raw("SRW", preview.text(271, "SAMSUNG").with(sensor(compression: 32770))),
        Raw("3FR", preview.text(271, "Hasselblad").with(sensor(compression: 1))),
        Raw("DCR", preview.text(271, "Kodak").with(sensor(compression: 65000))),
        Raw("PEF", sensor(compression: 65535).text(271, "PENTAX"), preview),
        Raw(
            "PEF of an early camera, which calls its values grey",
            Directory(width: 400, height: 300, samples: 1, [259: [65535]]).text(271, "PENTAX Corporation")),
        Raw(
            "DNG with a mosaic",
            Directory(width: 160, height: 120, [254: [1], 50706: [1, 4, 0, 0]]).with(sensor(compression: 1))),
        Raw("DNG, linear", Directory(width: 400, height: 300, [262: [34892], 50706: [1, 4, 0, 0]])),
        Raw(
            "DNG whose version stands with a preview that is not marked",
            Directory(width: 160, height: 120, [50706: [1, 7, 0, 0]])),
        Raw(
            "linear raw in a sub-directory", preview.with(Directory(width: 400, height: 300, [262: [34892]]))),
        Raw(
            "CR2", preamble: Array("CR".utf8) + [2, 0, 0, 0, 0, 0],
            Directory(width: 400, height: 300).text(271, "Canon")),
        Raw(
            "CR2 without its signature", Directory(width: 400, height: 300).text(271, "Canon"),
            Directory(width: 404, height: 300, samples: 1, [259: [6], 50752: [1, 200, 204]])),
        Raw(
            "IIQ", preamble: Array("IIIITwaR".utf8),
            Directory(width: 160, height: 120).text(271, "Phase One A/S")),
        Raw("a camera's preview alone, the rest in no directory", preview.text(271, "SONY")),
        Raw("CR3", [0, 0, 0, 24] + Array("ftypcrx ".utf8) + [0, 0, 0, 1] + Array("crx isom".utf8)),
        Raw("CRW", Array("II".utf8) + [26, 0, 0, 0] + Array("HEAPCCDR".utf8) + [0, 0]),
        Raw("ORF", Array("IIRO".utf8) + [8, 0, 0, 0, 0, 0]),
        Raw("ORF of a compact camera", Array("IIRS".utf8) + [8, 0, 0, 0, 0, 0]),
        Raw("ORF, big-endian", Array("MMOR".utf8) + [0, 0, 0, 8, 0, 0]),
        Raw("RW2", Array("IIU".utf8) + [0, 24, 0, 0, 0] + [UInt8](repeating: 0, count: 32)),
        Raw("RAF", Array("FUJIFILMCCD-RAW 0201".utf8)),
        Raw("X3F", Array("FOVb".utf8) + [0, 0, 4, 0]),
        Raw("MRW", [0] + Array("MRM".utf8) + [0, 0, 1, 0]),
    ]

    @Test("camera raw is recognised by its structure and never read as its preview", arguments: raws)
    func raw(_ raw: Raw) throws {
        let error = #expect(throws: CodecError.self) {
            try Prober.probe(EncodedSource(raw.bytes), limits: DecodeLimits())
        }
        guard case .cameraRaw = error else {
            Issue.record("expected camera raw, found \(String(describing: error))")
            return
        }
        #expect(error?.description.contains("camera raw") == true)
    }

    struct Plain: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var file: TIFFFile
        /// The size of the image that is read.
        var size = PixelSize(width: 400, height: 300)

        init(_ name: String, preamble: [UInt8] = [], _ directories: Directory...) {
            testDescription = name
            file = TIFFFile()
            file.directories = directories
            file.preamble = preamble
        }
    }

    private static let image = Directory(width: 400, height: 300)

    static let plain = [
        Plain("from a camera or scanner", image.text(271, "NIKON CORPORATION").text(272, "COOLSCAN")),
        Plain("with a thumbnail behind it", image.text(271, "Canon"), preview),
        Plain("with a thumbnail before it", preview.text(271, "Canon"), image),
        Plain(
            "with a thumbnail before it, marked the old way", Directory(width: 80, height: 60, [255: [2]]),
            image),
        Plain(
            "a page of several, marked the old way", Directory(width: 400, height: 300, [255: [3]]), preview),
        Plain(
            "with a mask before it", Directory(width: 400, height: 300, samples: 1, [254: [4], 262: [4]]),
            image),
        Plain(
            "with a pyramid in sub-directories",
            image.with(preview, Directory(width: 80, height: 60, [254: [1]]))),
        Plain("as TIFF/EP keeps it: the preview first, the image in a sub-directory", preview.with(image)),
        Plain(
            "of a camera, the same way", preview.text(271, "NIKON CORPORATION").with(preview, image)),
        Plain(
            "with tags of a sensor beside developed pixels",
            image.text(271, "SONY").with(
                Directory(width: 200, height: 150, [254: [1], 33421: [2, 2]]))),
        Plain(
            "pixels that look like a signature", preamble: Array("IIII".utf8) + [0x49, 0x49, 0x49, 0x49],
            image),
        Plain(
            "whose strip says CR later than at once", preamble: [0, 0] + Array("CR".utf8) + [2, 0, 0, 0],
            image),
    ]

    @Test("an ordinary TIFF is read, and the full-size image is chosen", arguments: plain)
    func ordinary(_ test: Plain) throws {
        let probe = try Self.probe(test.file)
        #expect(probe.size == test.size)
        #expect(!probe.remarks.contains(.reducedCopy))
        #expect(try DecodedPixels(test.file.bytes).rgba.allSatisfy { $0 == 128 || $0 == 255 })
    }

    @Test("if all pages are reduced, the largest is read and reported as a reduced copy")
    func reduced() throws {
        let small = Directory(width: 80, height: 60, [254: [1]])
        let probe = try Self.probe(TIFFFile(small, Self.preview, small))
        #expect(probe.size == PixelSize(width: 160, height: 120))
        #expect(probe.remarks == [.reducedCopy])
    }

    @Test("directories that point at each other end", .timeLimit(.minutes(1)))
    func cycles() throws {
        var bytes = TIFFFile(Self.preview.with(Self.image)).bytes
        // The offset of the subdirectory becomes that of the first directory.
        let first = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
        let count = Int(bytes[first])
        for entry in (0..<count).map({ first + 2 + 12 * $0 })
        where bytes[entry] == 74 && bytes[entry + 1] == 1 {
            bytes.replaceSubrange((entry + 8)..<(entry + 12), with: bytes[4..<8])
        }
        let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        #expect(probe.size == PixelSize(width: 160, height: 120))
    }

    @Test(
        "the files of the reports are named camera raw, or read at full size",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func reported() throws {
        #expect(throws: CodecError.cameraRaw(nil)) { try DecodedPixels(Faults.bytes("tiff-nef-like.nef")) }
        let image = try DecodedPixels(Faults.bytes("tiff-thumb-first-oldsubfile2.tif"))
        #expect(image.size == PixelSize(width: 160, height: 120))
    }

    // MARK: Missing tags

    /// Returns a fixture without one tag in its first directory.
    static func without(_ tag: Int, _ name: String) throws -> [UInt8] {
        var bytes = try Fixtures.bytes("formats/\(name).tiff")
        func number(_ offset: Int, _ length: Int) -> Int {
            (0..<length).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        let first = number(4, 4)
        let entry = try #require(
            (0..<number(first, 2)).map { first + 2 + 12 * $0 }.first { number($0, 2) == tag })
        bytes[entry] = 0xFF
        bytes[entry + 1] = 0xFF
        return bytes
    }

    @Test(
        "without PhotometricInterpretation the samples mean what they would mean with it",
        arguments: ["grey4", "rgb-strips", "rgb16", "rgba", "palette", "ycbcr-jpeg"])
    func photometric(_ name: String) throws {
        let whole = try DecodedPixels(Fixtures.bytes("formats/\(name).tiff"))
        #expect(try DecodedPixels(Self.without(262, name)) == whole)
    }

    @Test("without it, 0 is white in fax data, and CMYK is recognised by its tags")
    func guesses() throws {
        // Group 4: one row of eight white pixels is a single vertical code, V0.
        let fax = Directory(
            [256: [8], 257: [1], 258: [1], 259: [4], 277: [1], 278: [1]], strip: [0x80, 0x08, 0, 0x80])
        #expect(try DecodedPixels(TIFFFile(fax).bytes).rgba.allSatisfy { $0 == 255 })
        let four: [Int: [Int]] = [256: [1], 257: [1], 258: [8, 8, 8, 8], 259: [1], 277: [4], 278: [1]]
        for (tag, value) in [(332, [1]), (334, [4]), (336, [0, 255])] {
            let inks = Directory(four.merging([tag: value]) { $1 }, strip: [0, 255, 0, 0])
            let probe = try Self.probe(TIFFFile(inks))
            #expect(probe.colorModel == .cmyk)
            #expect(Array(try DecodedPixels(TIFFFile(inks).bytes).rgba.prefix(3)) == [255, 0, 255])
        }
        #expect(try Self.probe(TIFFFile(Directory(four, strip: [1, 2, 3, 4]))).colorModel == .rgb)
    }

    @Test("the fax file of the report is black on white", .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func reportedFax() throws {
        let image = try DecodedPixels(Faults.bytes("guessPhotometric__group4.tif"))
        var patched = try Faults.bytes("guessPhotometric__group4.tif")
        // The tag gets another number.
        let entry = try #require(
            patched.indices.dropLast().first { patched[$0] == 0xFF && patched[$0 + 1] == 0xFF && $0 > 16 })
        patched[entry] = 6
        patched[entry + 1] = 1
        #expect(try image == DecodedPixels(patched))
    }

    @Test("PackBits runs may cross rows")
    func packBits() throws {
        // 25 literal bytes, then 15 times 9: four rows of 10.
        let literal = (0..<25).map { UInt8($0 * 7) }
        let strip = [24] + literal + [UInt8(bitPattern: -14), 9]
        let directory = Directory(
            [256: [10], 257: [4], 258: [8], 259: [32773], 262: [1], 277: [1], 278: [4]], strip: strip)
        let image = try DecodedPixels(TIFFFile(directory).bytes)
        let grey = stride(from: 0, to: image.rgba.count, by: 4).map { image.rgba[$0] }
        #expect(grey == literal + [UInt8](repeating: 9, count: 15))
    }

    // MARK: Fax lines

    /// Returns Group 3 data, 16 pixels wide: each line is an end-of-line code and its runs.
    static func fax(_ lines: [String]) -> EncodedSource {
        let bits = lines.map { "000000000001" + $0 }.joined()
        let padded = bits + String(repeating: "0", count: (8 - bits.count % 8) % 8)
        let strip = stride(from: 0, to: padded.count, by: 8).map { start in
            UInt8(padded.dropFirst(start).prefix(8), radix: 2) ?? 0
        }
        return EncodedSource(
            TIFFFile(
                Directory(
                    [
                        256: [16], 257: [lines.count], 258: [1], 259: [3], 262: [0], 277: [1],
                        278: [lines.count],
                    ], strip: strip)
            ).bytes)
    }

    @Test("a damaged fax line is refused, or repaired and reported if damage is tolerated")
    func damagedLine() throws {
        // White 8 is 10011, black 8 is 000101, white 4 is 1011.
        let good = "10011000101"
        let whole = try DecodedPixels(Self.fax([good, good, good]))
        #expect(Set(whole.rgba) == [0, 255])
        let source = Self.fax([good, "1011", good])
        let error = #expect(throws: CodecError.self) { try DecodedPixels(source) }
        guard case .corrupt(let words) = error else {
            Issue.record("expected damage, found \(String(describing: error))")
            return
        }
        #expect(words.hasPrefix("Premature EOL at line 1"))
        let report = DamageReport()
        let probe = try Prober.probe(source, limits: DecodeLimits())
        let rows = try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits(), damage: report)
        {
            reader in
            var rows: [[UInt8]] = []
            for _ in 0..<reader.size.height {
                var row = [UInt8](repeating: 1, count: reader.rowBytes)
                try row.withUnsafeMutableBufferPointer {
                    if let base = $0.baseAddress { try reader.readRow(into: base) }
                }
                rows.append(row)
            }
            try reader.finish()
            return rows
        }
        let line = [UInt8](repeating: 255, count: 8) + [UInt8](repeating: 0, count: 8)
        #expect(rows[0] == line && rows[2] == line)
        #expect(report.first == error)
    }
}
