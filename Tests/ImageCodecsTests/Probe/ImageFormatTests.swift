import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// The pixels of formats that are read and never written.
@Suite("formats") struct ImageFormatTests {
    private static let isTIFF = ImageFormat.tiff.isReadable
    private static let isBMP = ImageFormat.bmp.isReadable
    private static let isHEIF = ImageFormat.heic.isReadable

    private static func decoded(_ name: String) throws -> DecodedPixels {
        try DecodedPixels(Fixtures.bytes("formats/\(name)"))
    }

    /// Returns the largest difference of any sample.
    private static func difference(_ one: DecodedPixels, _ two: DecodedPixels) -> Int {
        guard one.size == two.size else { return .max }
        return zip(one.rgba, two.rgba).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }

    @Test(
        "TIFF: in every layout, the pixels are those of the PNG", .enabled(if: isTIFF),
        arguments: [
            ("rgb-strips", "reference"), ("rgb-tiles", "reference"), ("rgb-planar", "reference"),
            ("rgb16", "reference"), ("rgb16-be", "reference"), ("bigtiff", "reference"),
            ("pages", "reference"), ("thumbnail-first", "reference"), ("extra-channel", "reference"),
            ("loop", "reference"), ("rgba", "rgba"), ("palette", "palette"),
        ])
    func tiff(_ name: String, _ reference: String) throws {
        #expect(try Self.decoded("\(name).tiff") == Self.decoded("\(reference).png"))
    }

    @Test("TIFF: premultiplied alpha becomes straight alpha", .enabled(if: isTIFF))
    func premultiplied() throws {
        let (stored, reference) = (try Self.decoded("rgba-premultiplied.tiff"), try Self.decoded("rgba.png"))
        for index in stride(from: 0, to: reference.rgba.count, by: 4) {
            let alpha = Int(reference.rgba[index + 3])
            #expect(Int(stored.rgba[index + 3]) == alpha)
            // Half a step of the stored sample is 255 / (2 alpha) steps of the straight one.
            for channel in index..<index + 3 where alpha > 0 {
                let off = abs(Int(stored.rgba[channel]) - Int(reference.rgba[channel]))
                #expect(off <= 255 / (2 * alpha) + 1)
            }
        }
    }

    @Test("TIFF: 1 bit in both polarities, Group 4 or uncompressed", .enabled(if: isTIFF))
    func bilevel() throws {
        let picture = try Self.decoded("grey1.tiff")
        #expect(try picture == Self.decoded("grey1-white-is-zero.tiff"))
        #expect(Set(picture.rgba) == [0, 255])
    }

    @Test("TIFF: grey in 4 and 12 bits is within rounding of the image", .enabled(if: isTIFF))
    func oddDepths() throws {
        let twelve = try Self.decoded("grey12.tiff")
        #expect(try Self.difference(Self.decoded("grey4.tiff"), twelve) <= 9)
        // BT.601 luma, as in the generator of the fixtures.
        let reference = try Self.decoded("reference.png")
        for index in stride(from: 0, to: reference.rgba.count, by: 4) {
            let (red, green, blue) = (
                Double(reference.rgba[index]), Double(reference.rgba[index + 1]),
                Double(reference.rgba[index + 2])
            )
            let luma = 0.299 * red + 0.587 * green + 0.114 * blue
            #expect(abs(Double(twelve.rgba[index]) - luma) <= 1)
        }
    }

    @Test(
        "TIFF: Y'CbCr, with and without JPEG compression, looks like the image", .enabled(if: isTIFF),
        arguments: ["ycbcr-jpeg", "ycbcr-raw"])
    func yCbCr(_ name: String) throws {
        #expect(try Self.decoded("\(name).tiff").psnr(Self.decoded("reference.png")) > 26)
    }

    @Test("TIFF: the orientation is found, and the pixels stay as stored", .enabled(if: isTIFF))
    func turned() throws {
        let shown = try Self.decoded("turned-6.tiff").displayed(.rightTop)
        #expect(try shown == Self.decoded("reference.png"))
    }

    @Test("TIFF: rows in 8 and in 16 bits agree", .enabled(if: isTIFF))
    func precision() throws {
        let source = try EncodedSource(Fixtures.bytes("formats/rgb16.tiff"))
        let probe = try Prober.probe(source, limits: DecodeLimits())
        #expect(probe.bitDepth == 16)
        try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits(), precision: .word) {
            words in
            #expect(words.sampleType == .word)
            try RowReaders.withReader(of: source, probe: probe, limits: DecodeLimits()) { bytes in
                var wide = [UInt8](repeating: 0, count: words.rowBytes)
                var narrow = [UInt8](repeating: 0, count: bytes.rowBytes)
                for _ in 0..<probe.size.height {
                    try wide.withUnsafeMutableBufferPointer { try words.readRow(into: $0.baseAddress!) }
                    try narrow.withUnsafeMutableBufferPointer { try bytes.readRow(into: $0.baseAddress!) }
                    // Both bytes of 257 times a code equal that code.
                    #expect(
                        narrow.indices.allSatisfy {
                            narrow[$0] == wide[2 * $0] && narrow[$0] == wide[2 * $0 + 1]
                        })
                }
            }
        }
    }

    @Test(
        "BMP: in every coding, the pixels are those of the PNG", .enabled(if: isBMP),
        arguments: [
            ("rgb24", "reference"), ("rgba32", "rgba"), ("palette8", "palette"), ("rle8", "palette"),
            ("rle8-top-down", "palette"),
        ])
    func bmp(_ name: String, _ reference: String) throws {
        #expect(try Self.decoded("\(name).bmp") == Self.decoded("\(reference).png"))
    }

    @Test("BMP: 5 and 6 bits are scaled to the full range", .enabled(if: isBMP))
    func bmp565() throws {
        #expect(try Self.difference(Self.decoded("rgb565.bmp"), Self.decoded("reference.png")) <= 8)
    }

    @Test(
        "HEIF: the transformations of the file are applied once", .enabled(if: isHEIF),
        arguments: ["turned.heic"])
    func heifTurned(_ name: String) throws {
        let plain = try Self.decoded("picture.heic")
        let turned = try Self.decoded(name)
        // Rotated by 90° anti-clockwise, with any EXIF orientation.
        #expect(turned.size == plain.size.transposed)
        #expect(turned.psnr(plain.displayed(.leftBottom)) > 35)
        let probe = try Prober.probe(
            EncodedSource(Fixtures.bytes("formats/\(name)")), limits: DecodeLimits())
        #expect(probe.orientation == .topLeft)
    }

    @Test(
        "HEIF: the image is decoded as it was encoded", .enabled(if: isHEIF),
        arguments: ["picture.heic", "picture.avif", "deep.avif"])
    func heif(_ name: String) throws {
        #expect(try Self.decoded(name).psnr(Self.decoded("reference-64x48.png")) > 30)
    }

    @Test("HEIF: alpha is read", .enabled(if: isHEIF))
    func heifAlpha() throws {
        let picture = try Self.decoded("alpha.avif")
        let alphas = stride(from: 3, to: picture.rgba.count, by: 4).map { picture.rgba[$0] }
        #expect((alphas.min() ?? 255) < 40 && (alphas.max() ?? 0) > 215)
    }

    @Test("GIF: a file without a frame is refused", .enabled(if: ImageFormat.gif.isReadable))
    func frameless() throws {
        let whole = try Fixtures.bytes("formats/plain.gif")
        let palette = whole[10] & 0x80 == 0 ? 0 : 3 << (Int(whole[10] & 7) + 1)
        let source = EncodedSource(Array(whole.prefix(13 + palette)) + [0x3B])
        #expect(throws: CodecError.corrupt("no frame before the end")) { try DecodedPixels(source) }
    }

    @Test("TIFF: a cycle of directories ends", .enabled(if: isTIFF))
    func loop() throws {
        let source = try EncodedSource(Fixtures.bytes("formats/loop.tiff"))
        #expect(try Prober.probe(source, limits: DecodeLimits()).frameCount == 1)
    }

    /// Returns `palette8.bmp` with another pixel offset, and `gap` more bytes before the pixels.
    private static func bmp(pixelsAt offset: Int, gap: Int) throws -> EncodedSource {
        var bytes = try Fixtures.bytes("formats/palette8.bmp")
        let stored = bytes[10..<14].reversed().reduce(0) { $0 << 8 | Int($1) }
        bytes.insert(contentsOf: [UInt8](repeating: 0xA5, count: gap), at: stored)
        for index in 0..<4 { bytes[10 + index] = UInt8(truncatingIfNeeded: offset >> (8 * index)) }
        return EncodedSource(bytes)
    }

    @Test("BMP: pixels may start after a gap, but not inside the headers", .enabled(if: isBMP))
    func gap() throws {
        let stored = 14 + 40 + 4 * 64
        for gap in [0, 1, 2, 1024] {
            let picture = try DecodedPixels(Self.bmp(pixelsAt: stored + gap, gap: gap))
            #expect(try picture == Self.decoded("palette.png"), "a gap of \(gap) bytes")
        }
        for offset in [0, 54] {
            let error = #expect(throws: CodecError.self) {
                try DecodedPixels(Self.bmp(pixelsAt: offset, gap: 0))
            }
            #expect(error?.description.contains("inside the") == true)
        }
    }

    @Test("HEIF: sizes that fit in no memory are refused from the header", .enabled(if: isHEIF))
    func enormousHEIF() throws {
        var bytes = try Fixtures.bytes("formats/picture.avif")
        let name = try #require(
            bytes.indices.first { bytes[$0...].starts(with: "ispe".utf8) })
        // The version and flags come between the name and the two sides.
        bytes.replaceSubrange(name + 8..<name + 16, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        let source = EncodedSource(bytes)
        let error = #expect(throws: CodecError.self) { try Prober.probe(source, limits: DecodeLimits()) }
        guard case .limitExceeded(.pixels, _, _)? = error else {
            Issue.record("expected a limit, found \(error.map(\.description) ?? "nothing")")
            return
        }
    }
}
