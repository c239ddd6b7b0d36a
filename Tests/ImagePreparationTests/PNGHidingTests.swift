import ImageCodecs
import ImagePreparation
import LibpngReport
import PixelEngine
import Pixels
import SeedreamModel
import TestSupport
import Testing

/// Bytes that no decoder needs are not sent, in any place of a PNG.
@Suite("hidden bytes in a PNG")
struct PNGHidingTests {
    static let secret = Array("SECRET-canary-0123456789".utf8)

    /// A place for hidden bytes.
    struct Place: Sendable, CustomStringConvertible {
        var description: String
        var file: @Sendable () -> [UInt8]
        /// Whether the compressed pixels must be re-encoded.
        var isInPixels = false
    }

    static func image(_ change: (inout PNGFile) -> Void = { _ in }) -> [UInt8] {
        var file = PNGFile(width: 40, height: 30, channels: 3, seed: 7)
        change(&file)
        return file.bytes()
    }

    static func chunk(_ type: String, _ payload: [UInt8] = secret) -> [UInt8] { PNGFile.chunk(type, payload) }

    /// Returns iCCP with a valid profile that equals sRGB, so that the file passes through.
    static func profile(name: [UInt8] = Array("icc".utf8), surplus: [UInt8] = [], behind: [UInt8] = [])
        -> [UInt8]
    {
        chunk("iCCP", name + [0, 0] + PNGFile.zlib(standardProfile + surplus) + behind)
    }

    static let standardProfile: [UInt8] = {
        let source = (try? Fixtures.bytes("png/iccp-srgb.png")).map { EncodedSource($0) }
        let probe = source.flatMap { try? Prober.probe($0, limits: DecodeLimits()) }
        return probe?.profile?.bytes ?? []
    }()

    /// Returns the image with more palette entries than two bits can index.
    static func longPalette() -> [UInt8] {
        let entries = [UInt8](repeating: 7, count: 12) + secret
        let row = [UInt8](repeating: 0, count: 1 + 10)
        return PNGFile.file(
            width: 40, height: 30, colorType: 3, depth: 2,
            stream: PNGFile.zlib((0..<30).flatMap { _ in row }),
            chunkLengths: [100], head: chunk("PLTE", entries))
    }

    static let places: [Place] =
        [
            "tEXt", "zTXt", "iTXt", "caNa", "eXIf", "sPLT", "bKGD", "hIST", "tIME", "pHYs", "mDCV", "cLLI",
            "oFFs",
            "fcTL", "fdAT", "gAMA", "cHRM", "sRGB", "cICP", "iCCP", "sBIT", "tRNS", "acTL",
        ].flatMap { type in
            [
                Place(description: type, file: { image { $0.head = chunk(type) } }),
                Place(description: "\(type) behind", file: { image { $0.behind = chunk(type) } }),
                Place(
                    description: "\(type) damaged",
                    file: { image { $0.head = PNGFile.chunk(type, secret, isDamaged: true) } }),
            ]
        } + [
            Place(description: "PLTE of an RGB image", file: { image { $0.head = chunk("PLTE") } }),
            Place(description: "PLTE beyond its depth", file: longPalette),
            Place(description: "the name of iCCP", file: { image { $0.head = profile(name: secret) } }),
            Place(description: "behind the profile", file: { image { $0.head = profile(surplus: secret) } }),
            Place(description: "behind its stream", file: { image { $0.head = profile(behind: secret) } }),
            Place(
                description: "a second profile",
                file: { image { $0.head = profile() + profile(name: secret) } }),
            Place(
                description: "mDCV of the right length",
                file: { image { $0.head = chunk("mDCV", Array(secret.prefix(24))) } }),
            Place(description: "behind the stream of IDAT", file: { image { $0.junk = secret } }),
            Place(
                description: "in an IDAT of its own",
                file: {
                    image {
                        $0.chunkLengths = [100_000]
                        $0.behind = chunk("IDAT")
                    }
                }),
            Place(
                description: "in an IDAT behind another chunk",
                file: { image { $0.behind = chunk("tEXt", [65, 0]) + chunk("IDAT") } }),
            Place(
                description: "behind the last row",
                file: {
                    image {
                        $0.blocks = .stored
                        $0.surplus = secret
                    }
                }, isInPixels: true),
            Place(description: "behind IEND", file: { image() + secret }),
            Place(
                description: "in IEND",
                file: { Array(image().dropLast(12)) + chunk("IEND") }),
        ]

    /// Returns the file's bytes, and the data beyond the pixels in its zlib streams.
    static func contents(_ png: [UInt8]) -> [UInt8] {
        var (all, offset, data) = (png, 8, [UInt8]())
        func inflated(_ stream: [UInt8]) -> [UInt8] {
            var output = [UInt8](repeating: 0, count: 1 << 20)
            let count = output.withUnsafeMutableBufferPointer { target in
                stream.withUnsafeBufferPointer {
                    libpng_report_inflate($0.baseAddress, $0.count, target.baseAddress, target.count)
                }
            }
            return Array(output.prefix(count))
        }
        while offset + 12 <= png.count {
            let length = png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let payload = Array(png[offset + 8..<offset + 8 + length])
            switch String(decoding: png[offset + 4..<offset + 8], as: UTF8.self) {
            case "IDAT": data += payload
            case "iCCP":
                all += inflated(Array(payload[((payload.firstIndex(of: 0) ?? 0) + 2)...]))
            default: break
            }
            offset += 12 + length
        }
        return all + inflated(data)
    }

    static func prepare(
        _ bytes: [UInt8], _ change: (inout PreparationOptions) -> Void = { _ in }
    ) async throws -> PreparedImage {
        var constraints = InputConstraints.seedream4
        constraints.minimumArea = 1
        var options = PreparationOptions()
        options.keepsAlpha = true
        change(&options)
        let batch = try await ImagePreparer(constraints: constraints, options: options)
            .prepare([.bytes(bytes, name: "a.png")])
        return try #require(batch.images.first)
    }

    @Test("are not sent, are named as a reason, and their removal changes no pixel", arguments: places)
    func hidden(_ place: Place) async throws {
        let bytes = place.file()
        #expect(bytes.containsSequence(Self.secret.prefix(24)), "the file does not contain the hidden bytes")
        let image = try await Self.prepare(bytes)
        #expect(image.action == (place.isInPixels ? .transcode : .passThrough))
        #expect(!image.reasons.isEmpty)
        let sent = image.bytes.array
        #expect(!sent.containsSequence(Self.secret.prefix(24)))
        if place.isInPixels {
            #expect(image.reasons.contains(.trailingDataRemoved))
        } else {
            #expect(!Self.contents(sent).containsSequence(Self.secret.prefix(24)))
            #expect(try DecodedPixels(sent) == DecodedPixels(bytes))
            let report = sent.withUnsafeBufferPointer { libpng_report_on($0.baseAddress, $0.count, nil) }
            #expect(report.is_refused == 0 && report.warnings == 0, "\(place)")
        }
    }

    @Test("empty image data are left out, and a file with nothing hidden is sent byte for byte")
    func nothingHidden() async throws {
        for chunkLengths in [[100_000], [1], [8192, 3]] {
            for head in [[], Self.profile(), Self.chunk("gAMA", [0, 0, 0xB1, 0x8F])] {
                let bytes = Self.image {
                    $0.chunkLengths = chunkLengths
                    $0.head = head
                }
                let image = try await Self.prepare(bytes)
                #expect(image.isIdentical && image.reasons == [])
            }
        }
        let empty = Self.image { $0.behind = Self.chunk("IDAT", []) }
        let image = try await Self.prepare(empty)
        #expect(image.reasons == [.metadataRemoved])
        #expect(image.bytes.count == empty.count - 12)
    }

    @Test("are kept with keepsMetadata, but bytes that do not decode are refused")
    func kept() async throws {
        let surplus = Self.image { $0.surplus = Self.secret }
        let kept = try await Self.prepare(surplus) { $0.keepsMetadata = true }
        #expect(kept.isIdentical && kept.checked == .pixels)
        let short = Self.image { $0.missing = 100 }
        await #expect(throws: (any Error).self) { try await Self.prepare(short) { $0.keepsMetadata = true } }
    }

    @Test("after a profile are not copied to a re-encoded image")
    func encodedProfile() async throws {
        let p3 = ColorProfiles.displayP3
        let chunk = Self.chunk("iCCP", Array("icc".utf8) + [0, 0] + PNGFile.zlib(p3 + Self.secret))
        let image = try await Self.prepare(Self.image { $0.head = chunk }) {
            $0.color = .keep
            $0.format = .jpeg
        }
        let sent = image.bytes.array
        #expect(sent.containsSequence(p3[0..<100]) && !sent.containsSequence(Self.secret[...]))
    }
}

extension [UInt8] {
    /// Returns whether the bytes occur as a sequence.
    fileprivate func containsSequence(_ wanted: ArraySlice<UInt8>) -> Bool {
        guard let first = wanted.first else { return true }
        return indices.contains { index in
            self[index] == first && index + wanted.count <= count
                && self[index..<index + wanted.count].elementsEqual(wanted)
        }
    }
}
