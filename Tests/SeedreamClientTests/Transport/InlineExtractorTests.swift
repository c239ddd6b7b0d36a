import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("images inside replies")
struct InlineExtractorTests {
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    private static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Extracts from a text that arrives in pieces of a given size.
    private static func extract(
        _ text: String, pieces: Int = 65_536, into folder: TemporaryFolder, maximum: Int = 1 << 30,
        text maximumText: Int = 1 << 20
    ) throws -> HTTPReply {
        let extractor = InlineExtractor(
            .spool(folder: folder.path, maximum: maximum), maximumText: maximumText)
        let all = Array(text.utf8)
        var start = 0
        while start < all.count {
            let end = min(start + pieces, all.count)
            try extractor.feed(Array(all[start..<end]))
            start = end
        }
        let (body, parts) = try extractor.finish()
        return HTTPReply(head: .init(status: .ok), body: body, inline: parts)
    }

    private static func file(_ part: InlinePart) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: part.path)))
    }

    @Test(
        "are written to files, wherever the pieces are cut",
        arguments: [1, 2, 3, 4, 5, 7, 64, 1000, 4095, 4096, 4097, 65_536])
    func cuts(_ size: Int) throws {
        let folder = try TemporaryFolder()
        let pictures = [Self.bytes(10_000), Self.bytes(5001, seed: 2), Self.bytes(4000, seed: 3)]
        let slashed = Self.base64(pictures[1]).replacingOccurrences(of: "/", with: "\\/")
        let escaped = Self.base64(pictures[2]).replacingOccurrences(of: "+", with: "\\u002B")
            .replacingOccurrences(of: "=", with: "\\u003d")
        let text = """
            {"created":1,"data":[{"b64_json":"\(Self.base64(pictures[0]))","size":"2048x2048"},
             {"url":"data:image\\/png;base64,\(slashed)"}, {"url" : "data:image/jpeg;charset=x;base64,\(escaped)"}],
             "short":"QUJD","quote":"a\\"b\\\\","none":null}
            """
        let reply = try Self.extract(text, pieces: size, into: folder)
        #expect(
            reply.json == [
                "created": 1,
                "data": [
                    ["b64_json": "inline:0", "size": "2048x2048"], ["url": "inline:1"], ["url": "inline:2"],
                ],
                "short": "QUJD", "quote": "a\"b\\", "none": nil,
            ])
        #expect(try reply.inline.map(Self.file) == pictures)
        #expect(reply.inline.map(\.byteCount) == [10_000, 5001, 4000])
        #expect(reply.inline.map(\.contentType) == [nil, "image/png", "image/jpeg"])
        #expect(reply.location("inline:1") == .file(reply.inline[1].path))
        #expect(Set(try folder.names()).count == 3)
    }

    @Test("are private files")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let reply = try Self.extract(#"{"a":"\#(Self.base64(Self.bytes(9000)))"}"#, into: folder)
        let path = try #require(reply.inline.first?.path)
        #expect(path.hasPrefix(folder.path + "/inline-"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("are extracted if they have more than 4096 characters", arguments: [4096, 4100])
    func threshold(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let text = String(repeating: "QUJD", count: count / 4)
        let reply = try Self.extract(#"["\#(text)"]"#, into: folder)
        #expect(reply.json == (count > 4096 ? ["inline:0"] : [.string(text)]))
    }

    @Test("of any length are complete, with and without padding", arguments: [6000, 6001, 6002])
    func padding(_ count: Int) throws {
        let picture = Self.bytes(count)
        for text in [Self.base64(picture), Self.base64(picture).replacingOccurrences(of: "=", with: "")] {
            let folder = try TemporaryFolder()
            let reply = try Self.extract(#"["\#(text)"]"#, pieces: 100, into: folder)
            #expect(try reply.inline.map(Self.file) == [picture])
        }
    }

    /// Long strings that are not base64, from the start or from much later.
    static let others: [String] = {
        let good = base64(bytes(9000))
        // Texts after and before valid base64.
        let tails = [
            " ", "-", "\u{e9}", "=", "QUI==", "QQ===", "Q", "QQ=", "QUI=QUJD", "====", "\\n", "\\n" + good,
            "\\u00e9" + good, "\\\"" + good, "\\\\", ",",
        ]
        let heads = [
            "data:image/png,", "data:image/png;base64", "data:text/plain;base64,hello ",
            "https://example.com/",
            "*", "\\/*",
        ]
        return tails.map { good + $0 } + heads.map { $0 + good } + [
            String(repeating: "a long story ", count: 700), "data:image/png;base64," + good + "!",
            String(repeating: "=", count: 5000),
        ]
    }()

    @Test("are not extracted from strings that only look like them", arguments: others, [1, 97, 65_536])
    func stays(_ text: String, _ size: Int) throws {
        let folder = try TemporaryFolder()
        let document = #"{"a":["\#(text)"],"b":"after"}"#
        let reply = try Self.extract(document, pieces: size, into: folder)
        #expect(try reply.json == JSONValue(parsing: Array(document.utf8)))
        #expect(reply.inline.isEmpty)
        #expect(try folder.names().isEmpty)
    }

    @Test("are values, never names of members")
    func names() throws {
        let folder = try TemporaryFolder()
        let name = String(repeating: "QUJD", count: 2000)
        let reply = try Self.extract(#"{"x":{"\#(name)":"y"},"\#(name)":["\#(name)"]}"#, into: folder)
        #expect(reply.json == .object(["x": .object([name: "y"]), name: ["inline:0"]]))
    }

    @Test("take no memory: it does not grow with them")
    func memory() throws {
        let folder = try TemporaryFolder()
        let extractor = InlineExtractor(.spool(folder: folder.path, maximum: 64 << 20), maximumText: 1 << 20)
        let piece = Array(Self.base64(Self.bytes(48 * 1024)).utf8)
        try extractor.feed(Array(#"{"data":[{"b64_json":""#.utf8))
        var most = 0
        for _ in 0..<100 {
            try extractor.feed(piece)
            most = max(most, extractor.text.count)
        }
        try extractor.feed(Array(#""}]}"#.utf8))
        let (body, parts) = try extractor.finish()
        #expect(most < 100)
        #expect(parts.map(\.byteCount) == [100 * 48 * 1024])
        #expect(String(decoding: body, as: UTF8.self) == #"{"data":[{"b64_json":"inline:0"}]}"#)
    }

    @Test("beyond the limits, for one or for all, are refused and leave no file")
    func limits() throws {
        #expect(InlineExtractor.maximumImage == 64 << 20)
        let picture = #""\#(Self.base64(Self.bytes(6000)))""#
        let folder = try TemporaryFolder()
        for (text, maximum, isAllowed) in [
            (picture, 6000, true), (picture, 5999, false), ("[\(picture),\(picture)]", 12_000, true),
            ("[\(picture),\(picture)]", 11_999, false),
        ] {
            if isAllowed {
                let reply = try Self.extract(text, into: folder, maximum: maximum)
                for part in reply.inline { try FileManager.default.removeItem(atPath: part.path) }
            } else {
                let error = #expect(throws: TransportError.self) {
                    try Self.extract(text, into: folder, maximum: maximum)
                }
                #expect(error?.kind == .tooLarge)
                #expect(error?.mayHaveArrived == true)
            }
            #expect(try folder.names().isEmpty)
        }
    }

    @Test("leave the text beside them, up to its own limit")
    func textLimit() throws {
        let folder = try TemporaryFolder()
        // The text with its two quotes.
        let story = String(repeating: "word ", count: 2000)
        _ = try Self.extract("\"\(story)\"", pieces: 100, into: folder, text: 10_002)
        #expect(throws: TransportError.self) {
            try Self.extract("\"\(story)\"", pieces: 100, into: folder, text: 10_001)
        }
        // Text that looks like an image up to its last character.
        let late = #"["\#(Self.base64(Self.bytes(300_000)))!"]"#
        _ = try Self.extract(late, into: folder, text: late.utf8.count)
        #expect(throws: TransportError.self) {
            try Self.extract(late, into: folder, text: late.utf8.count - 5)
        }
        #expect(try folder.names().isEmpty)
    }

    @Test("are removed if the reply is abandoned")
    func givenUp() throws {
        let folder = try TemporaryFolder()
        for isDropped in [true, false] {
            let extractor = InlineExtractor(
                .spool(folder: folder.path, maximum: 1 << 20), maximumText: 1 << 20)
            let picture = Self.base64(Self.bytes(9000))
            try extractor.feed(Array(#"["\#(picture)","\#(picture.prefix(8000))"#.utf8))
            #expect(try folder.names().count == 2)
            if !isDropped { extractor.discard() }
        }
        #expect(try folder.names().isEmpty)
        // A string without an end is not an image, and the text is not JSON.
        let cut = try Self.extract(#"["\#(Self.base64(Self.bytes(9000)))"#, into: folder)
        #expect(cut.json == nil)
        #expect(try folder.names().isEmpty)
    }

    @Test("create their folder on demand")
    func folder() throws {
        let folder = try TemporaryFolder()
        let extractor = InlineExtractor(
            .spool(folder: folder.file("a/spool"), maximum: 1 << 20), maximumText: 1 << 20)
        #expect(try folder.names() == [])
        try extractor.feed(Array(#"["\#(Self.base64(Self.bytes(9000)))"]"#.utf8))
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a/spool"))
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        extractor.discard()
    }

    @Test("that cannot be written report it")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        try folder.write([1], as: "file")
        let error = #expect(throws: SpoolError.self) {
            let extractor = InlineExtractor(
                .spool(folder: folder.file("file/missing"), maximum: 1 << 20), maximumText: 1 << 20)
            try extractor.feed(Array(#"["\#(Self.base64(Self.bytes(9000)))"]"#.utf8))
        }
        #expect(error?.description.hasSuffix(": cannot be written: Not a directory") == true)
    }

    @Test("any document comes out unchanged, except for its images", arguments: 0..<60)
    func anyDocument(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var pictures: [[UInt8]] = []
        func value(_ depth: Int) -> (written: String, expected: JSONValue) {
            switch Int.random(in: 0...(depth > 3 ? 5 : 7), using: &generator) {
            case 0: return ("null", nil)
            case 1: return ("-12.5e1", -125)
            case 2: return (#""a\u00e9\n\/\"b""#, "a\u{e9}\n/\"b")
            case 3:
                let story = String(
                    repeating: "x \u{1F600}", count: Int.random(in: 0...1500, using: &generator))
                return ("\"\(story)\"", .string(story))
            case 4, 5:
                let picture = Self.bytes(
                    Int.random(in: 3100...9000, using: &generator), seed: UInt64(seed * 100 + pictures.count))
                pictures.append(picture)
                let prefix = Bool.random(using: &generator) ? "data:image/png;base64," : ""
                return ("\"\(prefix)\(Self.base64(picture))\"", .string("inline:\(pictures.count - 1)"))
            case 6:
                let elements = (0..<Int.random(in: 0...4, using: &generator)).map { _ in value(depth + 1) }
                return (
                    "[\(elements.map(\.written).joined(separator: " , "))]", .array(elements.map(\.expected))
                )
            default:
                let members = (0..<Int.random(in: 0...4, using: &generator)).map {
                    ("k\"\\\($0)", value(depth + 1))
                }
                let written = members.map { "\"k\\\"\\\\\($0.0.last ?? "0")\": \($0.1.written)" }
                return (
                    "{\(written.joined(separator: ","))}",
                    .object(Dictionary(members.map { ($0.0, $0.1.expected) }) { first, _ in first })
                )
            }
        }
        let elements = (0..<5).map { _ in value(0) }
        let folder = try TemporaryFolder()
        let reply = try Self.extract(
            "[\(elements.map(\.written).joined(separator: ","))]",
            pieces: Int.random(in: 1...5000, using: &generator), into: folder)
        #expect(reply.json == .array(elements.map(\.expected)))
        #expect(try reply.inline.map(Self.file) == pictures)
    }
}
