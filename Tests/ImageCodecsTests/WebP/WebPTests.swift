import ImageCodecs
import Pixels
import TestSupport
import Testing

@Suite("WebP") struct WebPTests {
    private struct Chunk: Equatable {
        var type: String
        var payload: [UInt8]
        /// The stated length; `nil`: the number of bytes.
        var length: Int?
        var padding: UInt8 = 0

        var bytes: [UInt8] {
            Array(type.utf8) + WebPTests.little(length ?? payload.count)
                + payload + (payload.count.isMultiple(of: 2) ? [] : [padding])
        }
    }

    private static func little(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func file(_ chunks: [Chunk], trailing: [UInt8] = []) -> [UInt8] {
        let body = chunks.flatMap(\.bytes)
        return Array("RIFF".utf8) + little(body.count + 4) + Array("WEBP".utf8) + body + trailing
    }

    private static func chunks(of bytes: [UInt8]) -> [Chunk] {
        var chunks: [Chunk] = []
        var offset = 12
        while offset + 8 <= bytes.count {
            let length = bytes[offset + 4..<offset + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            chunks.append(
                Chunk(
                    type: String(decoding: bytes[offset..<offset + 4], as: UTF8.self),
                    payload: Array(bytes[offset + 8..<min(offset + 8 + length, bytes.count)])))
            offset += 8 + length + length & 1
        }
        return chunks
    }

    private static func fixture(_ name: String) throws -> [Chunk] {
        chunks(of: try Fixtures.bytes("webp/\(name).webp"))
    }

    /// Returns a file in the extended format with these flags.
    private static func extended(_ flags: UInt8, _ size: PixelSize, _ chunks: [Chunk]) -> [Chunk] {
        let canvas = little(size.width - 1).prefix(3) + little(size.height - 1).prefix(3)
        return [Chunk(type: "VP8X", payload: [flags, 0, 0, 0] + canvas)] + chunks
    }

    private static func refusal(_ bytes: [UInt8]) -> CodecError? {
        #expect(throws: CodecError.self) { try DecodedPixels(bytes) }
    }

    private static func strip(_ bytes: [UInt8]) throws -> (bytes: [UInt8], plan: StrippedImage) {
        let stripped = try ContainerStripperTests.strip(bytes)
        return (stripped.bytes, stripped.plan)
    }

    private static let secret = Array("a name and an address, long enough to be found".utf8)

    private static func holds(_ bytes: [UInt8], _ text: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: text.prefix(16)) }
    }

    // MARK: Lengths

    @Test(
        "what is accepted of a file whose chunk has a wrong length decodes to the same pixels",
        arguments: ["lossy", "lossy-alpha", "lossless-alpha"])
    func lengths(_ name: String) throws {
        let chunks = try Self.fixture(name)
        let pixels = try DecodedPixels(Self.file(chunks))
        var refused = 0
        for place in chunks.indices where chunks[place].type != "VP8X" {
            for change in Array(-70 ... -1) + Array(1...9) {
                var chunks = chunks
                chunks[place].length = chunks[place].payload.count + change
                let bytes = Self.file(chunks)
                let label = "\(name), \(chunks[place].type), length changed by \(change)"
                let read = RobustnessTests.attempt(label) { try DecodedPixels(bytes) }
                if read == nil { refused += 1 }
                #expect(read == nil || read == pixels, "\(label): other pixels")
                guard let stripped = RobustnessTests.attempt(label, { try Self.strip(bytes) }) else {
                    continue
                }
                #expect(try DecodedPixels(stripped.bytes) == pixels, "\(label): passes")
            }
        }
        #expect(refused > 60, "a bitstream cut short is read beyond its chunk")
    }

    @Test(
        "a bitstream that is cut, with lengths that match, is refused",
        arguments: ["lossy", "lossless-alpha"])
    func cut(_ name: String) throws {
        var chunks = try Self.fixture(name)
        let place = try #require(chunks.firstIndex { $0.type.hasPrefix("VP8") && $0.type != "VP8X" })
        chunks[place].payload.removeLast(chunks[place].payload.count / 4)
        // libwebp has one word for a lossless bitstream that ends early and one that is damaged.
        switch Self.refusal(Self.file(chunks)) {
        case .truncated?: break
        case .corrupt? where name.hasPrefix("lossless"): break
        case let other: Issue.record("found \(String(describing: other))")
        }
    }

    @Test("a first partition that is longer than its chunk is refused without decoding")
    func partition() throws {
        var chunks = try Self.fixture("lossy")
        chunks[0].payload[1] = 0xFF
        chunks[0].payload[2] = 0xFF
        #expect(throws: CodecError.self) {
            try Prober.probe(EncodedSource(Self.file(chunks)), limits: DecodeLimits())
        }
    }

    @Test("the RIFF size may lack the last padding byte, and no more")
    func riffLength() throws {
        let image = try #require(try Self.fixture("lossy").first { $0.type == "VP8 " })
        let odd = Chunk(type: "XMP ", payload: [1, 2, 3])
        let size = try DecodedPixels(Self.file([image])).size
        let bytes = Self.file(Self.extended(0x04, size, [image, odd]))
        #expect(try DecodedPixels(Array(bytes.dropLast())) == DecodedPixels(bytes))
        guard case .truncated? = Self.refusal(Array(bytes.dropLast(2))) else {
            Issue.record("expected a truncated file")
            return
        }
    }

    // MARK: Rules of the container

    @Test("chunks in an order that libwebp refuses are refused")
    func order() throws {
        let lossy = try #require(try Self.fixture("lossy").first { $0.type == "VP8 " })
        let size = try DecodedPixels(Self.file([lossy])).size
        let other = PixelSize(width: size.width + 1, height: size.height)
        let exif = Chunk(type: "EXIF", payload: [0, 0])
        let whole = Self.extended(0, size, [lossy])
        #expect(try DecodedPixels(Self.file(whole)).size == size)
        for (label, chunks) in [
            ("metadata first", [exif, lossy]), ("two VP8X", whole + [whole[0]]),
            ("another canvas", Self.extended(0, other, [lossy])),
            ("VP8X of 12 bytes", [Chunk(type: "VP8X", payload: whole[0].payload + [0, 0]), lossy]),
            ("no image", [whole[0], exif]),
        ] {
            let bytes = Self.file(chunks)
            guard case .corrupt? = Self.refusal(bytes) else {
                Issue.record("\(label): expected a corrupt file")
                continue
            }
            #expect(throws: CodecError.self, "\(label)") { try Self.strip(bytes) }
        }
    }

    // MARK: Metadata

    /// EXIF with a rotation by 90°.
    private static let turned: [UInt8] =
        [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]

    @Test("EXIF counts if the header announces it", arguments: [(UInt8(0x08), 6), (0, 1), (0x04, 1)])
    func orientation(_ flags: UInt8, _ orientation: Int) throws {
        let image = try #require(try Self.fixture("lossy").first { $0.type == "VP8 " })
        let size = try DecodedPixels(Self.file([image])).size
        let bytes = Self.file(Self.extended(flags, size, [image, Chunk(type: "EXIF", payload: Self.turned)]))
        let probe = try Prober.probe(EncodedSource(bytes), limits: DecodeLimits())
        #expect(probe.orientation.rawValue == orientation)
        #expect(probe.hasMetadata)
        #expect(try Self.strip(bytes).plan.removals == [.exif])
    }

    @Test("alpha that the header does not announce is ignored")
    func alpha() throws {
        var chunks = try Self.fixture("lossy-alpha")
        #expect(chunks.map(\.type) == ["VP8X", "ALPH", "VP8 "])
        chunks[0].payload[0] &= ~0x10
        let bytes = Self.file(chunks)
        let pixels = try DecodedPixels(bytes)
        #expect(stride(from: 3, to: pixels.rgba.count, by: 4).allSatisfy { pixels.rgba[$0] == 255 })
        let stripped = try Self.strip(bytes)
        #expect(Self.chunks(of: stripped.bytes).map(\.type) == ["VP8X", "VP8 "])
        #expect(try DecodedPixels(stripped.bytes) == pixels)
    }

    @Test("nothing that decoders do not need is left", arguments: ["lossy", "lossy-alpha", "lossless-alpha"])
    func secrets(_ name: String) throws {
        let plain = try Self.fixture(name)
        let pixels = try DecodedPixels(Self.file(plain))
        let image = plain.filter { $0.type != "VP8X" }
        let flags: UInt8 = plain.contains { $0.type == "ALPH" } ? 0x10 : 0
        let extended = Self.extended(flags, pixels.size, image)
        let secret = Self.secret
        func with(_ chunks: Chunk..., at place: Int = 1, flags more: UInt8 = 0) -> [Chunk] {
            var all = extended
            all[0].payload[0] |= more
            all.insert(contentsOf: chunks, at: place)
            return all
        }
        var reserved = extended
        reserved[0].payload[0] |= 0xC1
        reserved[0].payload.replaceSubrange(1..<4, with: [0x73, 0x65, 0x63])
        let end = extended.count
        let cases: [(label: String, bytes: [UInt8])] = [
            ("an unknown chunk before", Self.file(with(Chunk(type: "nono", payload: secret)))),
            ("an unknown chunk behind", Self.file(with(Chunk(type: "nono", payload: secret), at: end))),
            ("EXIF", Self.file(with(Chunk(type: "EXIF", payload: secret), at: end, flags: 0x08))),
            ("EXIF without its flag", Self.file(with(Chunk(type: "EXIF", payload: secret), at: end))),
            ("XMP", Self.file(with(Chunk(type: "XMP ", payload: secret), at: end, flags: 0x04))),
            ("a profile that is none", Self.file(with(Chunk(type: "ICCP", payload: secret), flags: 0x20))),
            ("a profile without its flag", Self.file(with(Chunk(type: "ICCP", payload: secret)))),
            ("a second bitstream", Self.file(with(Chunk(type: "VP8 ", payload: secret), at: end))),
            (
                "an animation's chunks",
                Self.file(with(Chunk(type: "ANIM", payload: secret), Chunk(type: "ANMF", payload: secret)))
            ),
            ("behind the RIFF chunk", Self.file(extended, trailing: secret)),
            ("reserved bits", Self.file(reserved)),
            (
                "a simple file with more",
                Self.file(image.filter { $0.type != "ALPH" } + [Chunk(type: "XMP ", payload: secret)])
            ),
        ]
        for (label, bytes) in cases {
            let stripped = try Self.strip(bytes)
            #expect(!Self.holds(stripped.bytes, secret), "\(label)")
            #expect(stripped.bytes != bytes, "\(label)")
            let left = Self.chunks(of: stripped.bytes)
            #expect(left.allSatisfy { ["VP8X", "ALPH", "VP8 ", "VP8L"].contains($0.type) }, "\(label)")
            if let header = left.first, header.type == "VP8X" {
                #expect(header.payload.prefix(4) == [flags, 0, 0, 0], "\(label)")
            }
            if !label.hasPrefix("a simple") || flags == 0 {
                #expect(try DecodedPixels(stripped.bytes) == pixels, "\(label)")
            }
            #expect(try Self.strip(stripped.bytes).plan.isIdentical(to: EncodedSource(stripped.bytes)))
        }
    }

    @Test(
        "bytes in a chunk after the end of its data are removed",
        arguments: ["lossy", "lossy-alpha", "lossless-alpha"], [1, 7, 47, 1000])
    func ends(_ name: String, _ count: Int) throws {
        let plain = try Self.fixture(name)
        let pixels = try DecodedPixels(Self.file(plain))
        for place in plain.indices where plain[place].type != "VP8X" {
            var chunks = plain
            chunks[place].payload += (0..<count).map { Self.secret[$0 % Self.secret.count] }
            let stripped = try Self.strip(Self.file(chunks))
            let label = "\(name), \(chunks[place].type), \(count) bytes"
            #expect(try DecodedPixels(stripped.bytes) == pixels, "\(label)")
            #expect(stripped.bytes.count <= Self.file(plain).count + 18, "\(label)")
            #expect(!Self.holds(stripped.bytes, Array(Self.secret.suffix(30))), "\(label)")
            if count > 20 { #expect(stripped.plan.removals == [.trailingData], "\(label)") }
            #expect(try Self.strip(stripped.bytes).plan.isIdentical(to: EncodedSource(stripped.bytes)))
        }
    }

    @Test("uncompressed alpha ends with its last pixel")
    func rawAlpha() throws {
        let chunks = try Self.fixture("lossy-alpha")
        let size = try DecodedPixels(Self.file(chunks)).size
        let alpha = [0] + (0..<size.area).map { UInt8(truncatingIfNeeded: $0) }
        var more = chunks
        more[1].payload = alpha + Self.secret
        var exact = chunks
        exact[1].payload = alpha
        let stripped = try Self.strip(Self.file(more))
        #expect(stripped.bytes == Self.file(exact))
        #expect(stripped.plan.removals == [.trailingData])
    }

    @Test("a padding byte is always zero")
    func padding() throws {
        for name in ["lossy", "lossy-alpha", "lossless-alpha"] {
            var chunks = try Self.fixture(name)
            for place in chunks.indices { chunks[place].padding = 0x53 }
            let bytes = Self.file(chunks)
            let isOdd = chunks.contains { !$0.payload.count.isMultiple(of: 2) }
            let stripped = try Self.strip(bytes)
            #expect(stripped.plan.removals == (isOdd ? [.trailingData] : []))
            #expect(stripped.bytes == Self.file(try Self.fixture(name)))
        }
    }
}
