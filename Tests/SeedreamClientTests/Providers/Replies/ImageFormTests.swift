import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

/// Success replies of synchronous providers, and results of jobs, in undocumented forms that
/// servers have sent.
@Suite("results are read in any form")
struct ImageFormTests {
    static let url = "https://cdn.test/a%20b.png"
    private static let png: [UInt8] = (try? Fixtures.bytes("png/rgba-8.png")) ?? []
    private static let base64 = Data(png).base64EncodedString()

    /// Items of a list, and whether their image is inline.
    static let items: [(String, Bool)] = {
        let lines = base64.enumerated().map { ($0 > 0 && $0 % 76 == 0 ? "\\r\\n" : "") + String($1) }.joined()
        let safe = base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        let bare = base64.replacingOccurrences(of: "=", with: "")
        let black = Data(Self.small).base64EncodedString()
        return [
            (#"{"url":"https://cdn.test/a b.png"}"#, false),
            (#"{"url":"HTTPS://cdn.test/a%20b.png"}"#, false),
            (#"{"url":"//cdn.test/a%20b.png"}"#, false),
            (#"{"url":"  https://cdn.test/a%20b.png\n"}"#, false),
            (#"{"image_url":"https://cdn.test/a%20b.png"}"#, false), (#""https://cdn.test/a b.png""#, false),
            (#"{"image_url":{"url":"https://cdn.test/a%20b.png"}}"#, false),
            (#"{"image":{"url":"https://cdn.test/a%20b.png"}}"#, false),
            (#"{"url":["https://cdn.test/a%20b.png"]}"#, false),
            (#"{"url":null,"b64_json":"\#(base64)"}"#, true), (#"{"b64_json":"\#(lines)"}"#, true),
            (#"{"b64_json":"\#(safe)"}"#, true), (#"{"b64_json":"\#(bare)"}"#, true),
            (#"{"file_data":"\#(base64)"}"#, true), (#"{"never_heard_of":"\#(base64)"}"#, true),
            (#"{"url":"data:image/png;base64,\#(base64)"}"#, true),
            (#"{"url":"DATA:Image/PNG;BASE64,\#(base64)"}"#, true),
            (#"{"url":"data:image/png;charset=utf-8;base64,\#(lines)"}"#, true),
            (#"{"url":"data:image/png; name=a.png; base64,\#(safe)"}"#, true),
            (#"{"url":"data:;base64,\#(bare)"}"#, true),
            (#"{"url":"data:image/png,\#(base64)"}"#, true),
            (#"{"url":"data:application/octet-stream;base64,\#(base64)"}"#, true),
            (#"{"url":"data:image/png;base64,\#(black)"}"#, true), (#"{"b64_json":"\#(black)"}"#, true),
            (#"{"url":"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"}"#, true),
            (#"{"url":"data:image/svg+xml;utf8,<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"}"#, true),
        ]
    }()

    /// A PNG of 69 bytes, as returned by a safety filter: one black pixel.
    private static let small: [UInt8] = Array(
        Data(
            base64Encoded:
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
        ) ?? Data())

    private func read(_ text: String, _ folder: TemporaryFolder) async throws -> HTTPReply {
        try await ReplyReader(
            maximum: 1 << 20, spool: .init(folder: folder.path, images: 1),
            url: "https://api.test/v1/images"
        ).read(IncomingReply(200, pieces: Self.pieces(Array(text.utf8), of: 61)))
    }

    private static func pieces(_ bytes: [UInt8], of count: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: count).map { Array(bytes[$0..<min($0 + count, bytes.count)]) }
    }

    private func images(_ provider: some Provider, _ reply: HTTPReply) throws -> [GeneratedImage] {
        try provider.result(in: reply).images
    }

    @Test("at every provider, alone and in a list", arguments: items)
    func everywhere(_ item: String, _ isInline: Bool) async throws {
        let bodies: [(any Provider, String)] = [
            (FalProvider(), #"{"images":[\#(item)],"seed":1}"#), (FalProvider(), #"{"image":\#(item)}"#),
            (AIMLProvider(), #"{"data":[\#(item)]}"#), (AIMLProvider(), #"{"images":\#(item)}"#),
            (OneRouterProvider(), #"{"created":1,"data":[\#(item)]}"#),
            (OneRouterProvider(), #"{"data":{"images":[\#(item)]}}"#),
            (ArkProvider(), #"{"data":[\#(item)],"usage":{"generated_images":1}}"#),
            (ArkProvider(), #"{"data":\#(item)}"#),
            (ApiframeProvider(), #"{"id":"1","status":"COMPLETED","result":{"images":[\#(item)]}}"#),
            (ApiframeProvider(), #"{"id":"1","status":"COMPLETED","result":[\#(item)]}"#),
            (ApiframeProvider(), #"{"id":"1","status":"COMPLETED","result":\#(item)}"#),
        ]
        for (provider, body) in bodies {
            let folder = try TemporaryFolder()
            let reply = try await read(body, folder)
            let images = try #require(try? images(provider, reply), "\(provider.id): \(body.prefix(200))")
            #expect(images.count == 1)
            guard case .file(let path)? = images.first?.location else {
                #expect(
                    !isInline && images.first?.location == .url(Self.url),
                    "\(provider.id): \(body.prefix(200))")
                continue
            }
            #expect(isInline)
            let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
            let isSVG = String(decoding: bytes.prefix(4), as: UTF8.self) == "<svg"
            #expect(isSVG || bytes == Self.png || bytes == Self.small, "\(provider.id): \(body.prefix(200))")
            reply.removeInline()
            #expect(try folder.names().isEmpty)
        }
    }

    @Test("if the body is only the image, or its URL")
    func bare() async throws {
        let folder = try TemporaryFolder()
        for bytes in [Self.png, (try? Fixtures.bytes("sampling/444.jpg")) ?? []] {
            let incoming = IncomingReply(
                200, [.contentType: "image/png"], pieces: Self.pieces(bytes, of: 7))
            let reply = try await ReplyReader(maximum: 100, spool: .init(folder: folder.path, images: 1))
                .read(incoming)
            guard case .file(let path)? = try images(OneRouterProvider(), reply).first?.location else {
                Issue.record("expected a file")
                return
            }
            #expect(Array(FileManager.default.contents(atPath: path) ?? Data()) == bytes)
        }
        let reply = try await read("\n https://cdn.test/a.png \n", folder)
        #expect(try images(AIMLProvider(), reply).map(\.location) == [.url("https://cdn.test/a.png")])
    }

    @Test(
        "a path belongs to the server that was asked; other schemes are not URLs",
        arguments: [
            ("/files/a.png", "https://api.test/files/a.png"), ("//cdn.test/a", "https://cdn.test/a"),
            ("https://cdn.test/\u{e9}?q=a b", "https://cdn.test/%C3%A9?q=a%20b"), ("file:///etc/passwd", nil),
            ("ftp://a/b", nil),
            ("javascript:alert(1)", nil), ("", nil), ("images", nil),
        ] as [(String, String?)])
    func addresses(_ text: String, _ expected: String?) {
        let reply = HTTPReply(head: .init(status: .ok), body: [], url: "https://api.test/v1/images")
        #expect(reply.location(text) == expected.map { .url($0) })
    }

    @Test("with the provider's version of the prompt")
    func revisedPrompt() throws {
        let reply = HostReply.json([
            "data": [["url": "https://cdn.test/a.png", "revised_prompt": "a dog in a red hat"]]
        ])
        #expect(try images(OneRouterProvider(), reply).first?.revisedPrompt == "a dog in a red hat")
    }

    @Test("a long list without images is reported in a few lines")
    func lines() throws {
        let items = [JSONValue](repeating: ["x": 1], count: 3000) + [["url": "https://cdn.test/a.png"]]
        let result = try OneRouterProvider().result(in: HostReply.json(["data": .array(items)]))
        #expect(result.images.count == 1 && result.failures.count == 21)
        #expect(result.failures.last == "2980 more have neither a URL nor an image")
    }
}
