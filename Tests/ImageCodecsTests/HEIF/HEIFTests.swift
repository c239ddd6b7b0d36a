import ImageCodecs
import PixelEngine
import Pixels
import Platform
import TestSupport
import Testing

/// The pixels that HEIF and AVIF files describe, and what the linked libheif can read of them.
@Suite("HEIF and AVIF", .enabled(if: ImageFormat.heic.isReadable))
struct HEIFTests {
    // MARK: Range, matrix, depth, subsampling

    /// The coding of the fixture `ranges/<layout>-<bits>-<range>-<matrix>.avif`.
    struct Coding: Sendable, CustomTestStringConvertible {
        var path: String
        var testDescription: String { path }
        private var parts: [String] {
            path.split(separator: "/")[1].split(separator: ".")[0].split(separator: "-").map(String.init)
        }
        var isGrey: Bool { parts[0] == "400" }
        /// The weights of red and blue in luma.
        var weights: (red: Double, blue: Double) {
            switch parts[3] {
            case "1": (0.2126, 0.0722)
            case "9": (0.2627, 0.0593)
            default: (0.299, 0.114)
            }
        }
        var isLimitedRGB: Bool { parts[2] == "limited" && parts[3] == "0" }
        var isFullRange: Bool { parts[2] == "full" }
    }

    static let codings = Fixtures.rows.map(\.path)
        .filter { $0.hasPrefix("ranges/") && $0.hasSuffix(".avif") }.map { Coding(path: $0) }

    /// The centres of the patches of chart.png, which neighbours do not affect.
    private static let places = (0..<3).flatMap { y in (0..<4).map { x in (x: 24 * x + 12, y: 24 * y + 12) } }

    private static func expectChart(_ pixels: DecodedPixels, _ coding: Coding, tolerance: Int) throws {
        let chart = try DecodedPixels(Fixtures.bytes("ranges/chart.png"))
        #expect(pixels.size == chart.size)
        for (x, y) in places {
            let at = (y * chart.size.width + x) * 4
            var expected = (0..<3).map { Double(chart.rgba[at + $0]) }
            if coding.isGrey {
                let (red, blue) = coding.weights
                let grey = red * expected[0] + (1 - red - blue) * expected[1] + blue * expected[2]
                expected = [grey, grey, grey]
            }
            for channel in 0..<3 {
                let difference = abs(Double(pixels.rgba[at + channel]) - expected[channel])
                #expect(difference <= Double(tolerance), "\(x)/\(y), channel \(channel): \(difference)")
            }
        }
    }

    @Test("the colours are the same in every range, matrix, depth and subsampling", arguments: codings)
    func ranges(_ coding: Coding) throws {
        let bytes = try Fixtures.bytes(coding.path)
        if coding.isLimitedRGB, !CodecRequirement.heifLimitedRGB.isMet {
            #expect(throws: CodecError.unsupportedFeature(CodecRequirement.heifLimitedRGB.message)) {
                try DecodedPixels(bytes)
            }
            return
        }
        try Self.expectChart(DecodedPixels(bytes), coding, tolerance: 4)
    }

    @Test("the colours are the same if only the bitstream describes them", arguments: codings)
    func rangesInBitstream(_ coding: Coding) throws {
        // AV1 has no limited range for sRGB as planes: the bitstream does not signal it (AV1,
        // 5.5.2).
        guard !coding.isLimitedRGB else { return }
        let bytes = try Self.replacing("colrnclx", with: "freenclx", in: Fixtures.bytes(coding.path))
        try Self.expectChart(DecodedPixels(bytes), coding, tolerance: 4)
    }

    @Test("chroma is as smooth in limited range as in full range")
    func smoothChroma() throws {
        let full = try DecodedPixels(Fixtures.bytes("ranges/420-8-full-6.avif"))
        let limited = try DecodedPixels(Fixtures.bytes("ranges/420-8-limited-6.avif"))
        #expect(full.psnr(limited) > 38)
    }

    @Test(
        "limited-range grey becomes black, grey and white",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func greyFault() throws {
        let pixels = try DecodedPixels(Faults.bytes("avif-mono-limited-bw.avif"))
        let levels = stride(from: 0, to: pixels.rgba.count, by: 4).map { pixels.rgba[$0] }
        #expect(levels.min() == 0)
        #expect(levels.max() == 255)
        #expect(levels.contains(128))
        #expect(Set(levels).isDisjoint(with: [16, 235]))
    }

    @Test("unspecified or unknown code points leave the colour to the profile")
    func fallThrough() throws {
        let original = try Fixtures.bytes("formats/p3.heic")
        let plain = try Prober.probe(EncodedSource(original), limits: DecodeLimits())
        #expect(plain.colorSpace == .displayP3)
        // If the profile is damaged, nclx applies.
        var avif = try Fixtures.bytes("formats/picture.avif")
        let name = try #require(Self.offset(of: "colrnclx", in: avif))
        avif.replaceSubrange(name + 8..<name + 12, with: [0, 12, 0, 13])
        let marked = try Prober.probe(EncodedSource(avif), limits: DecodeLimits())
        #expect(marked.colorSpace == .displayP3)
        // Reserved numbers count as unspecified, with a remark if colours may differ.
        avif.replaceSubrange(name + 8..<name + 14, with: [0, 200, 0, 200, 0, 200])
        let reserved = try Prober.probe(EncodedSource(avif), limits: DecodeLimits())
        #expect(reserved.colorSpace == .sRGB)
        #expect(!reserved.remarks.isEmpty)
        let pixels = try DecodedPixels(avif)
        #expect(try pixels.psnr(DecodedPixels(Fixtures.bytes("formats/picture.avif"))) > 40)
    }

    // MARK: Grids

    /// The boxes of grid.heic that change how it is shown.
    struct Showing: Sendable, CustomTestStringConvertible {
        var quarters: UInt8
        /// The axis of `imir`; `nil` without that box.
        var axis: UInt8?
        var isCropped: Bool
        var testDescription: String {
            "turned \(quarters), mirrored \(axis.map(String.init) ?? "not")\(isCropped ? ", cropped" : "")"
        }

        /// Applies the boxes in the file's order: crop, rotate, mirror.
        func apply(to picture: DecodedPixels) -> DecodedPixels {
            var shown =
                isCropped ? HEIFTests.cropped(picture, left: 66, top: 20, width: 200, height: 230) : picture
            for _ in 0..<quarters { shown = shown.displayed(.leftBottom) }
            if let axis { shown = shown.displayed(axis == 1 ? .topRight : .bottomLeft) }
            return shown
        }

        func apply(to file: [UInt8]) throws -> [UInt8] {
            var bytes = file
            if isCropped {
                let clap = try #require(HEIFTests.offset(of: "clap", in: bytes)) + 4
                // Centres: 66 + 200/2 - 350/2 = -9, 20 + 230/2 - 270/2 = 0.
                let numbers: [Int32] = [200, 1, 230, 1, -9, 1, 0, 1]
                for (index, number) in numbers.enumerated() {
                    for byte in 0..<4 {
                        bytes[clap + 4 * index + byte] = UInt8(
                            truncatingIfNeeded: number >> Int32(24 - 8 * byte))
                    }
                }
            }
            let first = try #require(HEIFTests.offset(of: "irot", in: bytes))
            bytes[first + 4] = quarters
            if let axis {
                bytes.replaceSubrange(first + 9..<first + 14, with: Array("imir".utf8) + [axis])
            }
            return bytes
        }
    }

    static let showings = [nil, 0, 1].flatMap { (axis: UInt8?) in
        (UInt8(0)..<4).flatMap { quarters in
            [false, true].map { Showing(quarters: quarters, axis: axis, isCropped: $0) }
        }
    }

    @Test("a grid is shown as its boxes say", arguments: showings)
    func grids(_ showing: Showing) throws {
        let reference = try showing.apply(to: DecodedPixels(Fixtures.bytes("formats/grid-reference.jpg")))
        let bytes = try showing.apply(to: Fixtures.bytes("formats/grid.heic"))
        let pixels = try DecodedPixels(bytes)
        #expect(pixels.size == reference.size)
        #expect(pixels.psnr(reference) > 30)
        // The planes, if available, show the same.
        let found = try #require(try Self.planes(of: bytes)?[0])
        let sum = found.indices.reduce(0.0) { sum, index in
            let rgb = (0..<3).map { Double(reference.rgba[4 * index + $0]) }
            return sum + abs(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] - Double(found[index]))
        }
        #expect(sum / Double(found.count) < 5)
    }

    /// Returns the samples of each plane, if the planes are available.
    static func planes(of bytes: [UInt8], threads: Int = 1) throws -> [[UInt8]]? {
        let source = EncodedSource(bytes)
        let probe = try Prober.probe(source, limits: DecodeLimits())
        return try PlaneSources.withSource(
            of: source, probe: probe, limits: DecodeLimits(), threads: threads
        ) { planes, _ in
            let format = planes.format
            let buffer = try PlaneBuffer(
                format: format, rows: format.size.height.roundedUp(toMultipleOf: planes.stripRows))
            for row in stride(from: 0, to: format.size.height, by: planes.stripRows) {
                try planes.readStrip(into: buffer, at: row)
            }
            return (0..<format.planeCount).map { plane in
                let size = format.size(ofPlane: plane)
                return (0..<size.height).flatMap { y in
                    UnsafeBufferPointer(start: buffer.row(y, ofPlane: plane), count: size.width)
                }
            }
        }
    }

    @Test("a grid has the same samples with any number of threads", arguments: showings)
    func threads(_ showing: Showing) throws {
        let bytes = try showing.apply(to: Fixtures.bytes("formats/grid.heic"))
        let one = try #require(try Self.planes(of: bytes))
        for threads in [2, 3, 8] { #expect(try Self.planes(of: bytes, threads: threads) == one) }
    }

    @Test("a damaged grid has the same error, or the same samples, with any number of threads")
    func damagedInThreads() throws {
        let bytes = try Fixtures.bytes("formats/grid.heic")
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<30 {
            var mutant = bytes
            mutant[Int.random(in: 2200..<bytes.count, using: &generator)] ^= 0xFF
            let results = [1, 3].map { threads in
                Result { try Self.planes(of: mutant, threads: threads) }
            }
            switch (results[0], results[1]) {
            case (.success(let one), .success(let several)): #expect(one == several)
            case (.failure(let one), .failure(let several)): #expect("\(one)" == "\(several)")
            default: Issue.record("\(results)")
            }
        }
    }

    @Test(
        "a grid needs memory for rows of tiles if libheif reads tiles; otherwise the error states the need"
    )
    func gridMemory() throws {
        let source = EncodedSource(try Fixtures.bytes("formats/grid.heic"))
        var limits = DecodeLimits()
        // Two rows of tiles, four tiles and the file; whole images take 6 bytes per pixel before
        // libheif 1.19.
        limits.maximumDecodeMemory = 300_000
        if CodecRequirement.heifTiles.isMet {
            #expect(try Prober.probe(source, limits: limits).decodeMemory < 300_000)
        } else {
            #expect(
                throws: CodecError.limitExceeded(
                    .untiledMemory, value: 350 * 270 * 6 + source.count, maximum: 300_000)
            ) { try Prober.probe(source, limits: limits) }
        }
    }

    @Test("a damaged grid is refused or decoded, with no other outcome")
    func damagedGrid() throws {
        let bytes = try Fixtures.bytes("formats/grid.heic")
        let whole = try DecodedPixels(bytes)
        #expect(throws: CodecError.self) { try DecodedPixels(Array(bytes.prefix(bytes.count * 6 / 10))) }
        var generator = SeededGenerator(seed: 30)
        for _ in 0..<60 {
            var mutant = bytes
            for _ in 0..<2 {
                mutant[Int.random(in: 0..<2200, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            do {
                let pixels = try DecodedPixels(mutant)
                #expect(pixels.size.area <= whole.size.area * 4)
            } catch is CodecError {
                continue
            }
        }
    }

    // MARK: Limits of older versions of libheif

    @Test(
        "an alpha image made of two images is read, or the required version is named",
        .enabled(if: Faults.isPresent, "\(Faults.absence)"))
    func sharedReferences() throws {
        let bytes = try Faults.bytes("heic-ios18-auxl-two-targets.heic")
        if CodecRequirement.heifSharedReferences.isMet {
            #expect(try DecodedPixels(bytes).size == PixelSize(width: 128, height: 96))
        } else {
            #expect(throws: CodecError.unsupportedFeature(CodecRequirement.heifSharedReferences.message)) {
                try DecodedPixels(bytes)
            }
        }
    }

    @Test(
        "an item in a codec that is not available is an unsupported feature, not damage",
        arguments: [
            ("unci", CodecRequirement.heifUncompressed), ("jpeg", .heifJPEG), ("j2k1", .heifJPEG2000),
            ("vvc1", .heifVVC), ("avc1", .heifAVC),
        ])
    func itemTypes(_ type: String, _ requirement: CodecRequirement) throws {
        let bytes = try Self.replacing("hvc1", with: type, in: Fixtures.bytes("formats/single.heic"))
        let error = #expect(throws: CodecError.self) { try DecodedPixels(bytes) }
        guard !requirement.isMet else { return }
        #expect(error == .unsupportedFeature(requirement.message))
    }

    @Test("a sequence without a still image shows its first frame, or the required version is named")
    func sequence() throws {
        let still = try Prober.probe(
            EncodedSource(Fixtures.bytes("formats/sequence.avif")), limits: DecodeLimits())
        #expect(still.frameCount == 3)
        let bytes = try Self.replacing("meta", with: "free", in: Fixtures.bytes("formats/sequence.avif"))
        guard CodecRequirement.heifSequence.isMet else {
            #expect(throws: CodecError.unsupportedFeature(CodecRequirement.heifSequence.message)) {
                try DecodedPixels(bytes)
            }
            return
        }
        let frame = try DecodedPixels(bytes)
        #expect(frame.size == PixelSize(width: 64, height: 48))
        #expect(frame.rgba[0] > 180 && frame.rgba[1] < 50 && frame.rgba[2] < 50)
    }

    @Test("every requirement has a version and a sentence")
    func requirements() {
        for requirement in CodecRequirement.allCases {
            #expect(requirement.version.split(separator: ".").allSatisfy { Int($0) != nil })
            #expect(requirement.message.contains("needs libheif \(requirement.version) or later"))
            #expect(
                CodecRequirement.table.contains("| \(requirement.feature) | libheif \(requirement.version) |")
            )
        }
        #expect(CodecVersions.isLess("1.15.1", than: "1.19"))
        #expect(CodecVersions.isLess("1.9", than: "1.19"))
        #expect(!CodecVersions.isLess("1.19.0", than: "1.19"))
        #expect(!CodecVersions.isLess("2.0", than: "1.19"))
    }

    // MARK: Memory

    @Test("lack of memory is an error, not a crash")
    func memory() throws {
        #expect(throws: PixelError.outOfMemory) { try WorkingMemory(byteCount: 1 << 60) }
        let format = PlaneFormat(.rgb, size: PixelSize(width: 1 << 28, height: 1 << 28))
        #expect(throws: PixelError.outOfMemory) { try PlaneBuffer(format: format, rows: nil) }
        #expect(!WorkingMemory.isAvailable(1 << 60))
        #expect(WorkingMemory.isAvailable(1 << 20))
        #expect(WorkerThread.areAvailable(3))
    }

    // MARK: Helpers

    fileprivate static func offset(of text: String, in bytes: [UInt8]) -> Int? {
        let pattern = Array(text.utf8)
        return bytes.indices.first { bytes[$0...].starts(with: pattern) }
    }

    /// Returns the bytes with each occurrence of `text` in the boxes replaced.
    private static func replacing(_ text: String, with other: String, in bytes: [UInt8]) throws -> [UInt8] {
        var changed = bytes
        var count = 0
        while let place = offset(of: text, in: changed) {
            changed.replaceSubrange(place..<place + text.utf8.count, with: other.utf8)
            count += 1
        }
        try #require(count > 0)
        return changed
    }

    fileprivate static func cropped(
        _ picture: DecodedPixels, left: Int, top: Int, width: Int, height: Int
    ) -> DecodedPixels {
        var rows: [UInt8] = []
        for y in top..<top + height {
            let start = (y * picture.size.width + left) * 4
            rows += picture.rgba[start..<start + width * 4]
        }
        return DecodedPixels(size: PixelSize(width: width, height: height), rgba: rows)
    }
}
