import ImageCodecs
import LibpngReport
import Pixels
import TestSupport
import Testing

/// The parts of a PNG that are decoded, and the files that are refused, compared with libpng.
@Suite("PNG pixels and refusals")
struct PNGRefusalTests {
    // MARK: Transparency and palettes

    @Test("tRNS counts exactly if libpng expands it", arguments: [0, 2, 3, 4, 6] as [UInt8])
    func transparency(_ colorType: UInt8) throws {
        let start = colorType == 3 ? PNGChunkTests.palette : []
        let opaque = [0: 1, 2: 3, 3: 3, 4: 2, 6: 4][Int(colorType)] ?? 0
        for length in [0, 1, 2, 3, 5, 6, 7, 256, 257] {
            let contents = [UInt8](repeating: 0, count: length)
            let chunk = PNGFile.chunk("tRNS", contents)
            for (label, head, behind) in [
                ("alone", start + chunk, []), ("in front", chunk + start, []),
                ("damaged", start + PNGFile.chunk("tRNS", contents, isDamaged: true), []),
                ("behind", start, chunk), ("twice", start + chunk + chunk, []),
                ("in front of PLTE", chunk + PNGChunkTests.palette, []),
                ("behind PLTE", PNGChunkTests.palette + chunk, []),
            ] as [(String, [UInt8], [UInt8])] {
                if colorType == 3, label.hasSuffix("PLTE") { continue }
                let bytes = PNGChunkTests.file(colorType: colorType, head: head, behind: behind)
                let report = PNGChunkTests.report(bytes)
                let label = "\(label), type \(colorType), \(length) bytes"
                guard report.is_refused == 0 else { return #expect(Bool(false), "\(label)") }
                let source = EncodedSource(bytes)
                let probe = try Prober.probe(source, limits: DecodeLimits())
                let channels = try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits()) {
                    $0.channels
                }
                #expect(probe.hasAlpha == (channels == 2 || channels == 4), "\(label)")
                // Later versions drop PLTE instead.
                if !(label.hasPrefix("in front of PLTE") && report.version >= 10647) {
                    #expect(Int(report.channels) == channels, "\(label)")
                }
                let isUsed = opaque != channels
                #expect(
                    try PNGChunkTests.chunkTypes(ContainerStripperTests.strip(bytes).bytes).contains("tRNS")
                        == isUsed,
                    "\(label)")
            }
        }
    }

    @Test("a file is refused if libpng refuses it")
    func refusals() throws {
        let (iend, unknown) = (PNGFile.chunk("IEND", []), PNGFile.chunk("ABCd", [1, 2, 3]))
        let header = PNGFile.chunk("IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0])
        var cases: [(String, [UInt8])] = [
            ("unknown critical", PNGChunkTests.file(head: unknown)),
            ("unknown critical behind", PNGChunkTests.file(behind: unknown)),
            ("two IHDR", PNGChunkTests.file(head: header)),
            ("IHDR behind", PNGChunkTests.file(behind: header)),
            ("a digit in a type", PNGChunkTests.file(head: PNGFile.chunk("gA2A", []))),
            ("a type that is no text", PNGChunkTests.file(behind: [0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0])),
            (
                "length of 2^31",
                PNGChunkTests.file(head: [0x80, 0, 0, 0] + Array("tEXt".utf8) + [0, 0, 0, 0])
            ),
            ("damaged IEND", PNGChunkTests.file(end: PNGFile.chunk("IEND", [], isDamaged: true))),
            ("damaged PLTE", PNGChunkTests.file(head: PNGFile.chunk("PLTE", [1, 2, 3], isDamaged: true))),
            ("palette without PLTE", PNGChunkTests.file(colorType: 3)),
        ]
        for colorType in [0, 2, 3, 4, 6] as [UInt8] {
            for length in [0, 1, 3, 6, 768, 769, 771] {
                let chunk = PNGFile.chunk("PLTE", [UInt8](repeating: 9, count: length))
                cases.append(("PLTE \(length)", PNGChunkTests.file(colorType: colorType, head: chunk)))
                cases.append(
                    ("two PLTE \(length)", PNGChunkTests.file(colorType: colorType, head: chunk + chunk)))
                let palette = colorType == 3 ? PNGChunkTests.palette : []
                cases.append(
                    (
                        "PLTE \(length) behind",
                        PNGChunkTests.file(colorType: colorType, head: palette, behind: chunk)
                    ))
            }
        }
        for offset in 8..<33 {
            for value in [0, 1, 5, 255] as [UInt8] {
                var bytes = PNGChunkTests.file()
                bytes[offset] = value
                let body = Array(bytes[16..<29])
                if (16..<29).contains(offset) {
                    bytes.replaceSubrange(8..<33, with: PNGFile.chunk("IHDR", body))
                }
                cases.append(("byte \(offset) is \(value)", bytes))
            }
        }
        cases.append(("IEND with contents", PNGChunkTests.file(end: PNGFile.chunk("IEND", [1, 2]))))
        cases.append(("no IDAT", Array(PNGChunkTests.file().prefix(33)) + iend))
        for (label, bytes) in cases {
            let report = PNGChunkTests.report(bytes)
            let isRefused: Bool
            do throws(CodecError) {
                let source = EncodedSource(bytes)
                let probe = try Prober.probe(source, limits: DecodeLimits())
                _ = try ContainerStripper.strip(source, probe: probe, limits: DecodeLimits())
                isRefused = false
            } catch {
                isRefused = true
            }
            // Since 1.6.47 libpng accepts a second PLTE where none is needed, and a damaged IEND;
            // we refuse both in all versions.
            let isStricter = report.version >= 10647 && (label.contains("PLTE") || label.contains("IEND"))
            // Only decoding shows whether the data suffice for another size, depth or interlacing.
            let offset = Int(label.split(separator: " ").dropFirst().first ?? "") ?? 0
            if (16..<26).contains(offset) || label == "byte 28 is 1" {
                if isRefused { #expect(report.is_refused == 1, "\(label)") }
            } else if isStricter {
                if report.is_refused == 1 { #expect(isRefused, "\(label)") }
            } else {
                #expect(isRefused == (report.is_refused == 1), "\(label)")
            }
        }
    }

    // MARK: Metadata that counts

    @Test("eXIf rotates the image exactly if libpng reads it")
    func orientation() throws {
        // A single entry: orientation 6.
        let block: [UInt8] =
            [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1] + [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0]
        let upright = block.map { $0 == 6 ? 3 : $0 }
        let whole = PNGFile.chunk("eXIf", block)
        for (label, head, behind, counts) in [
            ("in front", whole, [], true), ("behind", [], whole, true),
            ("twice", whole + PNGFile.chunk("eXIf", upright), [], true),
            ("checksum", PNGFile.chunk("eXIf", block, isDamaged: true), [], false),
            ("checksum behind", [], PNGFile.chunk("eXIf", block, isDamaged: true), false),
            ("prefix of JPEG", PNGFile.chunk("eXIf", Array("Exif".utf8) + [0, 0] + block), [], false),
            ("one byte", PNGFile.chunk("eXIf", [0x4D]), [], false),
        ] as [(String, [UInt8], [UInt8], Bool)] {
            let bytes = PNGChunkTests.file(head: head, behind: behind)
            let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
            #expect((probe.orientation == .rightTop) == counts, "\(label)")
            #expect(probe.hasMetadata, "\(label)")
            #expect(
                (PNGChunkTests.report(bytes).valid & Int32(LIBPNG_REPORT_eXIf) != 0) == counts, "\(label)")
            #expect(
                try !PNGChunkTests.chunkTypes(ContainerStripperTests.strip(bytes).bytes).contains("eXIf"),
                "\(label)")
        }
    }

    @Test("sBIT is sent exactly if libpng reads it", arguments: [0, 2, 3, 4, 6] as [UInt8])
    func significantBits(_ colorType: UInt8) throws {
        for contents in [
            [], [1], [8, 8], [8, 8, 8], [8, 8, 8, 8], [9, 8, 8], [0, 8, 8], [5, 5, 5, 5, 5],
        ] as [[UInt8]] {
            let head = PNGFile.chunk("sBIT", contents) + (colorType == 3 ? PNGChunkTests.palette : [])
            let bytes = PNGChunkTests.file(colorType: colorType, head: head)
            let isValid = PNGChunkTests.report(bytes).valid & Int32(LIBPNG_REPORT_sBIT) != 0
            let stripped = try ContainerStripperTests.strip(bytes).bytes
            #expect(
                PNGChunkTests.chunkTypes(stripped).contains("sBIT") == isValid,
                "type \(colorType), \(contents)")
        }
    }

    // MARK: Image data

    @Test("image data too short for the pixels are refused from the header, at 1,032 bytes from each byte")
    func volume() throws {
        func file(_ bytes: Int) -> EncodedSource {
            let stream = [UInt8](repeating: 0x78, count: bytes)
            return EncodedSource(
                PNGFile.file(width: 1024, height: 1449, colorType: 2, stream: stream, chunkLengths: [1000]))
        }
        let least = (1024 * 3 + 1) * 1449 / 1032
        #expect(try Prober.probe(file(least), limits: DecodeLimits()).size.width == 1024)
        let error = CodecError.truncated("\(least - 1) bytes of image data cannot hold 1024x1449 px")
        #expect(throws: error) { try Prober.probe(file(least - 1), limits: DecodeLimits()) }
    }

    @Test("passes image data through only if libpng decodes them")
    func streams() throws {
        let good = PNGFile(width: 40, height: 30, channels: 3, seed: 5)
        var cases: [(String, PNGFile)] = [("good", good)]
        for lengths in [[1], [7, 0, 3], [10_000], [8192]] {
            var file = good
            file.chunkLengths = lengths.filter { $0 > 0 }
            cases.append(("chunks \(lengths)", file))
        }
        for header in [
            [0x79, 0x01], [0x88, 0x1C], [0x78, 0x20], [0x78, 0x00], [0x18, 0x19], [0x08, 0x1D],
        ] as [[UInt8]] {
            var file = good
            file.zlibHeader = header
            cases.append(("header \(header)", file))
        }
        for missing in [1, 121, 1000] {
            var file = good
            file.missing = missing
            cases.append(("missing \(missing)", file))
        }
        var damaged = good
        damaged.checksumError = 1
        cases.append(("check sum", damaged))
        for (label, file) in cases {
            let bytes = file.bytes()
            let isRefused = PNGChunkTests.report(bytes).is_refused == 1
            let plan = try ContainerStripperTests.strip(bytes).plan
            #expect(!plan.needsEncoding || isRefused, "\(label)")
            #expect(plan.needsEncoding == isRefused, "\(label)")
            #expect(isRefused || plan.isIdentical(to: EncodedSource(bytes)), "\(label)")
        }
    }
}
