import Foundation
import ImageCodecs
import Pixels
import TestSupport
import Testing

@Suite("BMP") struct BMPTests {
    private static func decoded(_ file: BMPFile) throws -> DecodedPixels { try DecodedPixels(file.bytes) }

    private static func probe(_ file: BMPFile) throws -> ImageProbe {
        try Prober.probe(EncodedSource(file.bytes), limits: DecodeLimits())
    }

    private static func refusal(_ bytes: [UInt8]) -> CodecError? {
        #expect(throws: CodecError.self) { try DecodedPixels(bytes) }
    }

    /// Four rows of nine pixels, all rows different.
    private static func rows(_ values: UInt32) -> [[UInt32]] {
        (0..<4).map { y in (0..<9).map { x in UInt32(y * 31 + x * 17) % values } }
    }

    // MARK: Palettes

    @Test(
        "indices of 1, 2, 4 and 8 bits are looked up, under every kind of header",
        arguments: [1, 2, 4, 8], [12, 16, 40, 42, 46, 52, 56, 64, 108, 124])
    func indices(_ bits: Int, _ headerBytes: Int) throws {
        let colors: [[UInt8]] = (0..<1 << bits).map { index -> [UInt8] in
            let (red, blue): (Int, Int) = (index * 255 >> bits, index * 7 & 255)
            return [UInt8(red), UInt8(255 - index), UInt8(blue)]
        }
        let unused: [UInt8] = headerBytes == 12 ? [] : [0xEE]
        let palette: [UInt8] = colors.flatMap { color -> [UInt8] in Array(color.reversed()) + unused }
        let rows = Self.rows(1 << UInt32(bits))
        for isTopDown in headerBytes == 12 ? [false] : [false, true] {
            let file = BMPFile(
                width: 9, height: isTopDown ? -4 : 4, bits: bits, headerBytes: headerBytes,
                palette: palette,
                pixels: BMPFile.packed(rows, bits: bits, isTopDown: isTopDown))
            let expected: [UInt8] = rows.joined().flatMap { index -> [UInt8] in colors[Int(index)] + [255] }
            #expect(try Self.decoded(file).rgba == expected)
            #expect(try !Self.probe(file).hasAlpha)
        }
    }

    @Test("a palette may end where the pixels begin, and its missing entries are black", arguments: [0, 4])
    func shortPalette(_ colorsUsed: Int) throws {
        let palette: [UInt8] = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0]
        let file = BMPFile(
            width: 4, height: 1, bits: 8, colorsUsed: colorsUsed, palette: palette, pixels: [0, 1, 2, 3])
        #expect(try Self.decoded(file).rgba == [3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 0, 0, 0, 255])
    }

    @Test("a palette with more colours than indices is refused, an odd pixel offset is not")
    func longPalette() throws {
        var file = BMPFile(
            width: 4, height: 1, bits: 1, colorsUsed: 3, palette: [UInt8](repeating: 9, count: 12),
            pixels: [0, 0, 0, 0])
        #expect(Self.refusal(file.bytes) == .corrupt("palette of 3 colours for 1 bits per pixel"))
        file.colorsUsed = 2
        file.gap = 3
        #expect(try Self.decoded(file).rgba == [9, 9, 9, 255, 9, 9, 9, 255, 9, 9, 9, 255, 9, 9, 9, 255])
    }

    // MARK: Colours

    @Test(
        "masks give the position and the width of the channels",
        arguments: [
            (16, 0, []), (24, 0, []), (32, 0, []),
            (16, 3, [0xF800, 0x07E0, 0x001F]), (16, 3, [0x7C00, 0x03E0, 0x001F]),
            (16, 3, [0x0F00, 0x00F0, 0x000F, 0xF000]), (16, 6, [0x7C00, 0x03E0, 0x001F, 0x8000]),
            (32, 3, [0x00FF_0000, 0x0000_FF00, 0x0000_00FF]),
            (32, 3, [0xFF00_0000, 0x00FF_0000, 0x0000_FF00, 0x0000_00FF]),
            (32, 6, [0x0000_00FF, 0x0000_FF00, 0x00FF_0000, 0xFF00_0000]),
            (32, 3, [0x3FF0_0000, 0x000F_FC00, 0x0000_03FF]),
            (32, 3, [0xFFE0_0000, 0x001F_FC00, 0x0000_03FF]),
            (32, 3, [0x0000_0001, 0x0000_0002, 0xFFFF_0000]),
        ] as [(Int, Int, [UInt32])])
    func masks(_ bits: Int, _ compression: Int, _ masks: [UInt32]) throws {
        let values = (0..<36).map {
            UInt32(truncatingIfNeeded: $0 &* 0x9E37_79B9) & (.max >> UInt32(32 - bits))
        }
        let rows = (0..<4).map { Array(values[$0 * 9..<$0 * 9 + 9]) }
        let used: [UInt32] =
            masks.isEmpty ? bits == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0xFF00, 0xFF] : masks
        let expected = values.flatMap { value -> [UInt8] in
            (0..<4).map { channel in
                guard channel < used.count else { return 255 }
                let shift = UInt32(used[channel].trailingZeroBitCount)
                let (sample, most) = ((value & used[channel]) >> shift, used[channel] >> shift)
                return UInt8((Double(sample) * 255 / Double(most)).rounded())
            }
        }
        for headerBytes in masks.count > 3 && compression == 3 ? [56, 108, 124] : [40] {
            var file = BMPFile(
                width: 9, height: 4, bits: bits, headerBytes: headerBytes, compression: compression,
                masks: masks,
                pixels: BMPFile.packed(rows, bits: bits, isTopDown: false))
            #expect(try Self.decoded(file).rgba == expected)
            #expect(try Self.probe(file).hasAlpha == (used.count > 3))
            file.height = -4
            file.pixels = BMPFile.packed(rows, bits: bits, isTopDown: true)
            #expect(try Self.decoded(file).rgba == expected)
        }
    }

    @Test(
        "masks with gaps or without any bits are refused",
        arguments: [[0xF0F0, 0xF00, 0xF], [0, 0, 0]] as [[UInt32]])
    func brokenMasks(_ masks: [UInt32]) {
        let file = BMPFile(width: 1, height: 1, bits: 16, compression: 3, masks: masks, pixels: [1, 2, 0, 0])
        guard case .corrupt? = Self.refusal(file.bytes) else {
            Issue.record("expected a corrupt header")
            return
        }
    }

    // MARK: Alpha

    private struct Alpha: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let headerBytes: Int
        var bits = 32
        var compression = 0
        var mask: UInt32 = 0xFF00_0000
        let stored: [UInt32]
        let expected: [UInt8]
    }

    @Test(
        "alpha is taken from its mask, unless all of it is zero",
        arguments: [
            Alpha(
                testDescription: "40 bytes: the fourth byte is unused", headerBytes: 40,
                stored: [0, 128, 255], expected: [255, 255, 255]),
            Alpha(
                testDescription: "52 bytes: no mask for alpha", headerBytes: 52, stored: [0, 128, 255],
                expected: [255, 255, 255]),
            Alpha(
                testDescription: "version 5, no BITFIELDS", headerBytes: 124, stored: [0, 128, 255],
                expected: [0, 128, 255]),
            Alpha(
                testDescription: "version 4, no BITFIELDS", headerBytes: 108, stored: [0, 128, 255],
                expected: [0, 128, 255]),
            Alpha(
                testDescription: "version 3, BITFIELDS", headerBytes: 56, compression: 3,
                stored: [0, 128, 255], expected: [0, 128, 255]),
            Alpha(
                testDescription: "version 5, all zero", headerBytes: 124, stored: [0, 0, 0],
                expected: [255, 255, 255]),
            Alpha(
                testDescription: "version 5, BITFIELDS, all zero", headerBytes: 124, compression: 3,
                stored: [0, 0, 0], expected: [255, 255, 255]),
            Alpha(
                testDescription: "only the last pixel has alpha", headerBytes: 124, stored: [0, 0, 1],
                expected: [0, 0, 1]),
            Alpha(
                testDescription: "no mask", headerBytes: 124, mask: 0, stored: [0, 128, 255],
                expected: [255, 255, 255]),
            Alpha(
                testDescription: "no BITFIELDS and a mask over blue", headerBytes: 124, mask: 0xFF,
                stored: [0, 128, 255], expected: [255, 255, 255]),
            Alpha(
                testDescription: "a mask of bits that 24 do not have", headerBytes: 124, bits: 24,
                stored: [0, 0, 0], expected: [255, 255, 255]),
            Alpha(
                testDescription: "one bit of 16", headerBytes: 124, bits: 16, mask: 0x8000,
                stored: [0, 0x80, 0], expected: [0, 255, 0]),
        ])
    private func alpha(_ alpha: Alpha) throws {
        let rows = [alpha.stored.map { $0 << UInt32(alpha.bits == 32 ? 24 : 8) | 1 }]
        let colors: [UInt32] = alpha.bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
        let file = BMPFile(
            width: 3, height: 1, bits: alpha.bits, headerBytes: alpha.headerBytes,
            compression: alpha.compression,
            masks: alpha.headerBytes > 40 ? colors + (alpha.headerBytes > 52 ? [alpha.mask] : []) : [],
            pixels: BMPFile.packed(rows, bits: alpha.bits, isTopDown: false))
        let decoded = try Self.decoded(file)
        #expect(stride(from: 3, to: 12, by: 4).map { decoded.rgba[$0] } == alpha.expected)
        #expect(try Self.probe(file).hasAlpha == alpha.expected.contains { $0 != 255 })
    }

    // MARK: Completeness

    @Test(
        "padding of the last row may be missing, the last pixel may not",
        arguments: [1, 4, 8, 16, 24])
    func lastPadding(_ bits: Int) throws {
        let rows = Self.rows(2)
        let palette = [UInt8](repeating: 7, count: bits <= 8 ? 8 : 0)
        var file = BMPFile(
            width: 9, height: 4, bits: bits, colorsUsed: bits <= 8 ? 2 : 0, palette: palette,
            pixels: BMPFile.packed(rows, bits: bits, isTopDown: false))
        let whole = try Self.decoded(file)
        let needed = file.pixels.count - (file.pixels.count / 4 - (9 * bits + 7) / 8)
        file.pixels = Array(file.pixels.prefix(needed))
        #expect(try Self.decoded(file) == whole)
        file.pixels.removeLast()
        guard case .truncated? = Self.refusal(file.bytes) else {
            Issue.record("expected a truncated image")
            return
        }
    }

    // MARK: Run lengths

    private static func runs(_ compression: Int, bits: Int, _ pixels: [UInt8], height: Int = 2) -> BMPFile {
        BMPFile(
            width: 4, height: height, bits: bits, headerBytes: compression == 4 ? 64 : 40,
            compression: compression, colorsUsed: bits > 8 ? 0 : 3,
            palette: bits > 8 ? [] : [0, 0, 10, 0, 0, 0, 20, 0, 0, 0, 30, 0], pixels: pixels)
    }

    /// Returns the red samples, top row first; 0 where nothing was written.
    private static func reds(_ file: BMPFile) throws -> [UInt8] {
        let rgba = try decoded(file).rgba
        return stride(from: 0, to: rgba.count, by: 4).map { rgba[$0 + 3] == 0 ? 0 : rgba[$0] }
    }

    @Test("runs, single pixels, moves and ends are decoded, bottom-up and top-down")
    func runLengths() throws {
        // A run of three, end of row; two single pixels with padding, a run of two, end of image.
        let eight: [UInt8] = [3, 1, 0, 0, 0, 3, 0, 1, 2, 9, 1, 2, 0, 1]
        #expect(try Self.reds(Self.runs(1, bits: 8, eight)) == [10, 20, 30, 30, 20, 20, 20, 0])
        #expect(try Self.reds(Self.runs(1, bits: 8, eight, height: -2)) == [20, 20, 20, 0, 10, 20, 30, 30])
        // Two alternating indices; three single pixels take two bytes.
        let four: [UInt8] = [3, 0x12, 0, 0, 0, 3, 0x01, 0x20, 1, 0x10, 0, 1]
        #expect(try Self.reds(Self.runs(2, bits: 4, four)) == [10, 20, 30, 20, 20, 30, 20, 0])
        // One pixel right and one up; skipped pixels stay transparent.
        let move: [UInt8] = [1, 0, 0, 2, 1, 1, 1, 2, 0, 1]
        #expect(try Self.reds(Self.runs(1, bits: 8, move)) == [0, 0, 30, 0, 10, 0, 0, 0])
        #expect(try Self.reds(Self.runs(1, bits: 8, move, height: -2)) == [10, 0, 0, 0, 0, 0, 30, 0])
        // A run beyond the end of the row, and one beyond the last row.
        let beyond: [UInt8] = [9, 1, 0, 0, 4, 2, 0, 0, 4, 0, 0, 1]
        #expect(try Self.reds(Self.runs(1, bits: 8, beyond)) == [30, 30, 30, 30, 20, 20, 20, 20])
        // An index outside the palette, and an early end.
        #expect(
            try Self.decoded(Self.runs(1, bits: 8, [1, 200, 0, 1])).rgba.suffix(16).prefix(5) == [
                0, 0, 0, 255, 0,
            ])
        // Fewer bits than the runs use: a smaller palette.
        #expect(try Self.reds(Self.runs(2, bits: 2, four)) == [10, 20, 30, 20, 20, 30, 20, 0])
        let direct: [UInt8] = [3, 1, 2, 50, 0, 0, 0, 3, 1, 1, 60, 1, 1, 70, 1, 1, 80, 0, 0, 1]
        #expect(try Self.reds(Self.runs(4, bits: 24, direct)) == [60, 70, 80, 0, 50, 50, 50, 0])
    }

    @Test("runs without an end mark are complete if the last pixel is there")
    func endMark() throws {
        let whole: [UInt8] = [4, 1, 0, 0, 4, 2]
        #expect(try Self.reds(Self.runs(1, bits: 8, whole)) == [30, 30, 30, 30, 20, 20, 20, 20])
        for (bits, compression, data) in [
            (8, 1, [4, 1, 0, 0, 3, 2]), (8, 1, [4, 1, 0, 0, 0, 4, 1, 1, 1]), (4, 2, [4, 1, 0, 0, 0]),
            (24, 4, [4, 1, 1, 1, 0, 0, 4, 1]),
        ] as [(Int, Int, [UInt8])] {
            let error = Self.refusal(Self.runs(compression, bits: bits, data).bytes)
            guard case .truncated? = error else {
                Issue.record("expected a truncated image, found \(String(describing: error))")
                continue
            }
        }
    }

    // MARK: Unsupported files

    @Test(
        "unsupported compressions are named",
        arguments: [
            (1, 3, "fax"), (0, 4, "a JPEG"), (24, 5, "a PNG"), (32, 11, "CMYK"), (8, 99, "compression 99"),
        ])
    func unread(_ bits: Int, _ compression: Int, _ words: String) {
        let file = BMPFile(width: 1, height: 1, bits: bits, compression: compression, pixels: [0, 0, 0, 0])
        let error = Self.refusal(file.bytes)
        guard case .unsupportedFeature(let text)? = error, text.contains(words) else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test(
        "bit counts that a compression does not have are refused",
        arguments: [(0, 0), (3, 0), (5, 0), (48, 0), (64, 0), (24, 3), (8, 3), (24, 1), (8, 2), (30_000, 0)])
    func bitCounts(_ bits: Int, _ compression: Int) {
        let file = BMPFile(
            width: 1, height: 1, bits: bits, compression: compression, masks: [0xF00, 0xF0, 0xF],
            pixels: [UInt8](repeating: 0, count: 2000))
        guard case .corrupt(let text)? = Self.refusal(file.bytes), text.contains("bits per pixel, expected")
        else {
            Issue.record("\(bits) bits with compression \(compression)")
            return
        }
    }

    @Test("sizes that fit in no memory are refused from the header", arguments: [0, 1, 3])
    func enormous(_ compression: Int) {
        for (width, height) in [(1 << 31, -(1 << 31)), (1, 1 << 30), (-1, 1), (1 << 20, 1 << 20)] {
            let file = BMPFile(
                width: width, height: height, bits: compression == 1 ? 8 : 32, headerBytes: 124,
                compression: compression, masks: [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000],
                palette: [UInt8](repeating: 0, count: 1024), pixels: [0, 0])
            guard case .limitExceeded? = Self.refusal(file.bytes) else {
                Issue.record("\(width)x\(height)")
                continue
            }
        }
    }

    // MARK: Third-party files

    @Test(
        "Photoshop's zero alpha is opaque, and missing final padding is not damage",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func faults() throws {
        let opaque = try DecodedPixels(Faults.bytes("bmp-v5-alpha-all-zero.bmp"))
        #expect(stride(from: 3, to: opaque.rgba.count, by: 4).allSatisfy { opaque.rgba[$0] == 255 })
        #expect(Set(opaque.rgba).count > 16, "the image is one colour")
        let short = try DecodedPixels(Faults.bytes("bmp-24-last-padding-missing.bmp"))
        #expect(short.size == PixelSize(width: 39, height: 24))
    }

    @Test(
        "bmpsuite files of the same image have the same pixels",
        .enabled(if: Corpus.isPresent, "\(Corpus.absence)"),
        arguments: [
            ["pal8", "pal8-0", "pal8os2", "pal8v4", "pal8v5", "pal8topdown", "pal8rle", "rletopdown"],
            ["pal4", "pal4rle"], ["rgb24", "rgb24pal", "rgb32", "rgb32bf"], ["rgb16-565", "rgb16-565pal"],
            ["pal1", "badbitssize", "baddens1", "baddens2", "badfilesize", "badplanes"],
        ])
    func suite(_ names: [String]) throws {
        let hashes = try names.map { name in
            let row = try #require(Corpus.rows.first { $0.file == "bmp/\(name).bmp" })
            return try DecodedPixels([UInt8](Data(contentsOf: URL(fileURLWithPath: Corpus.path(row))))).sha256
        }
        #expect(Set(hashes).count == 1, "\(zip(names, hashes).map { "\($0): \($1)" })")
    }
}
