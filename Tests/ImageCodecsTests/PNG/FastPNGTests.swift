import Foundation
import ImageCodecs
import PixelEngine
import Pixels
import TestSupport
import Testing

/// With the trait `FastPNG`, ISA-L inflates and vector code unfilters. The pixels, the refusals and
/// their texts are the same as with libpng alone. Without the trait both paths use libpng, and
/// these tests hold trivially.
@Suite("fast PNG reads, and refuses, as libpng does")
struct FastPNGTests {
    /// The outcome of reading a file.
    struct Outcome: Equatable {
        /// The rows that were read.
        var samples: [UInt8] = []
        var failure: CodecError?
        /// Whether the fast path read the image data to the end without libpng.
        var isFast = false

        init(_ source: EncodedSource, usesLibpngAlone: Bool, limits: DecodeLimits = RobustnessTests.limits) {
            do {
                try PNGRowReader.withReader(of: source, limits: limits, usesLibpngAlone: usesLibpngAlone) {
                    reader in
                    guard reader.size.area <= limits.maximumPixels else { return }
                    let count = reader.rowBytes
                    var row = [UInt8](repeating: 0, count: count)
                    for _ in 0..<reader.size.height {
                        try row.withUnsafeMutableBufferPointer { buffer in
                            if let base = buffer.baseAddress { try reader.readRow(into: base) }
                        }
                        samples += row
                    }
                    try reader.finish()
                    isFast = reader.isFast
                }
            } catch let error as CodecError {
                failure = error
            } catch {
                Issue.record("no CodecError: \(error)")
            }
        }
    }

    /// Reads with both paths.
    ///
    /// - Parameter isFast: Whether the fast path must reach the end without libpng; `nil` if it may
    ///   hand over.
    @discardableResult
    static func compare(
        _ source: EncodedSource, _ label: @autoclosure () -> String, isFast: Bool? = nil,
        limits: DecodeLimits = RobustnessTests.limits, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Outcome {
        let fast = Outcome(source, usesLibpngAlone: false, limits: limits)
        let plain = Outcome(source, usesLibpngAlone: true, limits: limits)
        #expect(fast.failure == plain.failure, "\(label())", sourceLocation: sourceLocation)
        // In damaged data, the paths may differ in the number of rows before the damage.
        let isSame =
            (fast.failure != nil || fast.samples.count == plain.samples.count)
            && begins(plain.samples, with: fast.samples)
        #expect(isSame, "\(label()): other pixels", sourceLocation: sourceLocation)
        #expect(!plain.isFast, sourceLocation: sourceLocation)
        if let isFast, PNGRowReader.hasFastPath {
            #expect(fast.isFast == isFast, "\(label()): fast", sourceLocation: sourceLocation)
        }
        return fast
    }

    private static func begins(_ samples: [UInt8], with first: [UInt8]) -> Bool {
        samples.count >= first.count && memcmp(samples, first, first.count) == 0
    }

    // MARK: Valid files

    @Test("every filter, colour type and width, alone and mixed", arguments: 1...4)
    func filters(_ channels: Int) {
        for width in [1, 2, 3, 4, 5, 6, 7, 8, 15, 17, 33, 100] {
            for height in [1, 2, 3, 4, 5, 8, 11] {
                for filters: [UInt8] in [
                    [0], [1], [2], [3], [4], [4, 4, 4, 4, 3, 3, 3, 3, 3], [0, 1, 2, 3, 4, 4],
                ] {
                    var file = PNGFile(width: width, height: height, channels: channels, seed: UInt64(width))
                    file.filters = filters
                    let outcome = Self.compare(
                        EncodedSource(file.bytes()), "\(width)x\(height)x\(channels), \(filters)",
                        isFast: true)
                    #expect(outcome.samples == file.samples)
                }
            }
        }
    }

    @Test("extreme samples: Paeth and average predictors in 8 bits equal those in 9 bits", arguments: [3, 4])
    func extremes(_ channels: Int) {
        var random = SeededGenerator(seed: 1)
        for filter: UInt8 in [3, 4] {
            let values: [UInt8] = [0, 1, 2, 127, 128, 129, 254, 255]
            let samples = (0..<64 * 32 * channels).map { _ in values[Int(random.next() % 8)] }
            var file = PNGFile(width: 64, height: 32, channels: channels, samples: samples)
            file.filters = [filter]
            #expect(
                Self.compare(EncodedSource(file.bytes()), "filter \(filter)", isFast: true).samples == samples
            )
        }
    }

    @Test("every kind of block, in chunks of every length", arguments: PNGFile.Blocks.allCases)
    func chunks(_ blocks: PNGFile.Blocks) {
        var file = PNGFile(width: 61, height: 83, channels: 3, seed: 5)
        file.filters = [4, 4, 4, 4, 1, 3, 2]
        file.blocks = blocks
        for lengths in [
            [1], [2], [1, 0, 3], [13, 4099], [4095], [4096], [4097], [8192], [1 << 20], [0, 0, 1 << 20],
        ] {
            file.chunkLengths = lengths
            let outcome = Self.compare(
                EncodedSource(file.bytes()), "\(blocks), chunks of \(lengths)", isFast: true)
            #expect(outcome.samples == file.samples)
        }
    }

    @Test("images of several windows, from memory and from a file", arguments: PNGFile.Blocks.allCases)
    func windows(_ blocks: PNGFile.Blocks) throws {
        let folder = try TemporaryFolder()
        for (channels, width, height) in [(4, 201, 260), (3, 1021, 90), (1, 3001, 70), (3, 30_001, 5)] {
            var file = PNGFile(width: width, height: height, channels: channels, seed: 7)
            file.filters = [4, 4, 4, 4, 4, 3, 3, 3, 3, 1, 2, 0]
            file.blocks = blocks
            file.chunkLengths = [8192, 65_536, 70_001]
            let bytes = file.bytes()
            let label = "\(blocks), \(width)x\(height)x\(channels)"
            #expect(Self.compare(EncodedSource(bytes), label, isFast: true).samples == file.samples)
            let path = try folder.write(bytes, as: "picture.png")
            let descriptor = open(path, O_RDONLY)
            let identity = FileIdentity(device: 0, inode: 0, byteCount: bytes.count, modifiedNanoseconds: 0)
            let source = EncodedSource(adopting: descriptor, identity: identity)
            #expect(Self.compare(source, "\(label), file", isFast: true).samples == file.samples)
        }
    }

    @Test("files written by libpng are read back", arguments: [1, 3])
    func written(_ channels: Int) throws {
        let picture = PNGFile(width: 517, height: 401, channels: channels, seed: 11)
        let format = PlaneFormat(channels == 1 ? .grey : .rgb, size: PixelSize(width: 517, height: 401))
        let sink = try PNGSink(format: format, settings: EncodeSettings(quality: 90))
        let buffer = try PlaneBuffer(format: format, rows: 416, widths: sink.rowWidths)
        for y in 0..<401 {
            for plane in 0..<channels {
                let row = buffer.row(y, ofPlane: plane)
                for x in 0..<517 { row[x] = picture.samples[(y * 517 + x) * channels + plane] }
            }
        }
        for first in stride(from: 0, to: 401, by: sink.stripRows) {
            try sink.writeStrip(from: buffer, at: first)
        }
        let source = EncodedSource(try sink.finish().array())
        #expect(Self.compare(source, "libpng's", isFast: true).samples == picture.samples)
    }

    @Test("every PNG fixture", arguments: Fixtures.rows.filter { $0.path.hasSuffix(".png") })
    func fixtures(_ row: Fixtures.Row) throws {
        Self.compare(EncodedSource(try Fixtures.bytes(row.path)), row.path)
    }

    @Test("every PNG in the corpus", .enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
    func corpus() throws {
        var limits = DecodeLimits()
        limits.maximumPixels = 40_000_000
        var fast = 0
        let rows = Corpus.rows.filter { $0.file.hasSuffix(".png") }
        for row in rows {
            let data = try Data(contentsOf: URL(fileURLWithPath: Corpus.path(row)))
            if Self.compare(EncodedSource([UInt8](data)), row.file, limits: limits).isFast { fast += 1 }
        }
        print("fast PNG: \(fast) of \(rows.count)")
        #expect(fast > 20 || !PNGRowReader.hasFastPath)
    }

    // MARK: Damaged files

    @Test("errors in the stream are reported by libpng")
    func wrongStreams() {
        func check(_ label: String, isFast: Bool = false, _ change: (inout PNGFile) -> Void) {
            for blocks in PNGFile.Blocks.allCases {
                for lengths in [[1 << 20], [97]] {
                    var file = PNGFile(width: 40, height: 50, channels: 3, seed: 3)
                    file.filters = [4]
                    file.blocks = blocks
                    file.chunkLengths = lengths
                    change(&file)
                    Self.compare(
                        EncodedSource(file.bytes()), "\(label), \(blocks), \(lengths)", isFast: isFast)
                }
            }
        }
        check("nothing", isFast: true) { _ in }
        check("wrong check sum") { $0.checksumError = 1 }
        check("a byte too few") { $0.missing = 1 }
        check("a row too few") { $0.missing = 121 }
        check("half of the rows") { $0.missing = 25 * 121 }
        check("no row") { $0.missing = 50 * 121 }
        check("a byte too many") { $0.surplus = [0] }
        check("rows too many") { $0.surplus = [UInt8](repeating: 0, count: 10_000) }
        check("junk behind the stream") { $0.junk = [1] }
        check("much junk behind the stream") { $0.junk = [UInt8](repeating: 7, count: 5000) }
        check("filter 5") { $0.filters = [4, 4, 4, 4, 4, 4, 4, 5] }
        check("filter 255 in the last row") { $0.filters = [UInt8](repeating: 4, count: 49) + [255] }
        check("a dictionary") { $0.zlibHeader = [0x78, 0x20] }
        check("a wrong header") { $0.zlibHeader = [0x78, 0x02] }
        check("another method") { $0.zlibHeader = [0x77, 0x09] }
        check("a window of 64 KiB") { $0.zlibHeader = [0x88, 0x1C] }
        // Windows of 256 bytes to 16 KiB; the image has 6050 bytes.
        for bits in 0..<7 {
            let first = UInt8(bits << 4 | 8)
            let second = UInt8(31 - Int(first) * 256 % 31) % 31
            check("a window of 2^\(bits + 8)", isFast: bits >= 5) { $0.zlibHeader = [first, second] }
        }
    }

    @Test("the one difference: ISA-L reads an incomplete code, which zlib refuses")
    func incompleteCode() {
        // A grey row in codes of 9 bits, half of which are unused. No encoder makes such a file;
        // the checksums are right.
        let filtered: [UInt8] = [0] + (0..<64).map { UInt8($0) }
        var writer = DeflateWriter()
        writer.writeDynamicHeader(isLast: true, lengths: [Int](repeating: 9, count: 257))
        for byte in filtered { writer.writeCode(Int(byte), bits: 9) }
        writer.writeCode(256, bits: 9)
        writer.align()
        let stream = [0x78, 0x01] + writer.bytes + PNGFile.bigEndian(PNGFile.adler32(filtered))
        let file = EncodedSource(
            PNGFile.file(width: 64, height: 1, colorType: 0, stream: stream, chunkLengths: [1 << 20]))
        let refusal = CodecError.corrupt("IDAT: invalid literal/lengths set")
        #expect(Outcome(file, usesLibpngAlone: true).failure == refusal)
        let fast = Outcome(file, usesLibpngAlone: false)
        #expect(fast.failure == (PNGRowReader.hasFastPath ? nil : refusal))
        #expect(!PNGRowReader.hasFastPath || fast.samples == Array(filtered.dropFirst()))
    }

    @Test("errors after the image are reported by libpng")
    func tails() {
        var file = PNGFile(width: 9, height: 9, channels: 4, seed: 3)
        func check(_ label: String, isFast: Bool?, _ tail: [(String, [UInt8])]) {
            file.tail = tail.map { (type: $0.0, payload: $0.1) }
            Self.compare(EncodedSource(file.bytes()), label, isFast: isFast)
        }
        check("text", isFast: true, [("tEXt", Array("a\0b".utf8)), ("tIME", [7, 0, 1, 1, 1, 1, 1])])
        check("an unknown chunk", isFast: true, [("abCd", [1, 2, 3])])
        check("an unknown chunk with the reserved bit", isFast: false, [("abcd", [1, 2, 3])])
        check("an unknown critical chunk", isFast: false, [("ABCD", [1, 2, 3])])
        check("no chunk's name", isFast: false, [("ab1d", [1])])
        check("an empty IDAT", isFast: nil, [("IDAT", [])])
        check("another IDAT", isFast: false, [("IDAT", [1, 2])])
        check("an IDAT after text", isFast: false, [("tEXt", [65, 0]), ("IDAT", [1])])
        check("another IHDR", isFast: false, [("IHDR", [0, 0, 0, 9, 0, 0, 0, 9, 8, 6, 0, 0, 0])])
        check("another IEND", isFast: true, [("IEND", [])])
        check("an IEND that is not empty", isFast: false, [("IEND", [1])])
    }

    @Test("a wrong checksum of a chunk, in any place")
    func checksums() {
        var file = PNGFile(width: 30, height: 30, channels: 3, seed: 9)
        file.chunkLengths = [200]
        file.tail = [(type: "tEXt", payload: [65, 0, 66])]
        let whole = file.bytes()
        var start = 33
        while start + 12 <= whole.count {
            let length = whole[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            for offset in [start, start + 5, start + 8 + length, start + 11 + length] {
                var broken = whole
                broken[offset] ^= 1
                Self.compare(EncodedSource(broken), "bit at \(offset)", isFast: false)
            }
            start += 12 + length
        }
    }

    private static let seeds: [(name: String, bytes: @Sendable () throws -> [UInt8])] = [
        ("png/grey-8.png", { try Fixtures.bytes("png/grey-8.png") }),
        ("png/grey-alpha-8.png", { try Fixtures.bytes("png/grey-alpha-8.png") }),
        ("png/rgb-8.png", { try Fixtures.bytes("png/rgb-8.png") }),
        ("png/rgba-8.png", { try Fixtures.bytes("png/rgba-8.png") }),
        ("small, of one chunk", { small([1 << 20], .fixed) }),
        ("small, of many chunks", { small([50], .mixed) }),
        ("small, of stored data", { small([500], .stored) }),
        ("small, of dynamic codes", { small([700], .dynamic) }),
    ]

    private static func small(_ lengths: [Int], _ blocks: PNGFile.Blocks) -> [UInt8] {
        var file = PNGFile(width: 17, height: 21, channels: 3, seed: 13)
        file.filters = [4, 4, 4, 4, 3, 3, 3, 3, 1, 2]
        file.chunkLengths = lengths
        file.blocks = blocks
        file.tail = [(type: "tEXt", payload: [65, 0, 66])]
        return file.bytes()
    }

    @Test("each prefix", arguments: seeds.indices)
    func prefixes(_ index: Int) throws {
        let (name, bytes) = Self.seeds[index]
        let whole = try bytes()
        for length in 33..<whole.count {
            Self.compare(EncodedSource(Array(whole.prefix(length))), "\(name), first \(length) bytes")
        }
    }

    @Test("each of 16 000 mutants", arguments: seeds.indices)
    func mutants(_ index: Int) throws {
        let (name, bytes) = Self.seeds[index]
        let whole = try bytes()
        for number in 0..<UInt64(2000) {
            var mutator = Mutator(seed: number)
            Self.compare(EncodedSource(mutator.mutant(of: whole)), "\(name), mutant \(number)")
        }
    }

    @Test("each of 4000 mutants of the compressed data, with all checksums right")
    func mutatedRows() throws {
        for number in 0..<UInt64(4000) {
            var random = SeededGenerator(seed: number)
            var file = PNGFile(width: 1 + Int(random.next() % 20), height: 12, channels: 3, seed: number)
            file.filters = (0..<12).map { _ in UInt8(random.next() % (number % 8 == 0 ? 6 : 5)) }
            if number % 5 == 0 { file.surplus = [0] }
            if number % 7 == 0 { file.missing = 1 + Int(random.next() % 40) }
            if number % 11 == 0 { file.checksumError = 1 }
            file.blocks = PNGFile.Blocks.allCases[Int(random.next() % 4)]
            file.chunkLengths = [1 + Int(random.next() % 90)]
            Self.compare(EncodedSource(file.bytes()), "number \(number)")
        }
    }

    // MARK: Limits

    @Test("the CPU time limit holds on both paths, also when libpng takes over")
    func time() {
        var limits = RobustnessTests.limits
        limits.maximumCPUSeconds = 0
        var file = PNGFile(width: 300, height: 300, channels: 3, seed: 1)
        for change in [0, 1] as [UInt32] {
            file.checksumError = change
            let outcome = Outcome(EncodedSource(file.bytes()), usesLibpngAlone: false, limits: limits)
            #expect(outcome.failure == .limitExceeded(.cpuSeconds, value: nil, maximum: 0))
        }
    }

    @Test("a row of more than 256 KiB is left to libpng")
    func longRows() {
        for (width, isFast) in [(65_536, true), (65_537, false)] {
            let file = PNGFile(
                width: width, height: 5, channels: 4, samples: [UInt8](repeating: 9, count: width * 20))
            let outcome = Self.compare(EncodedSource(file.bytes()), "width \(width)", isFast: isFast)
            #expect(outcome.samples == file.samples)
        }
    }
}
