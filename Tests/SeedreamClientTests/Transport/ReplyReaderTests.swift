import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("reading replies")
struct ReplyReaderTests {
    private static let long = String(repeating: "QUJD", count: 3000)

    @Test("reads up to the allowed number of bytes", arguments: [true, false])
    func maximum(_ says: Bool) async throws {
        let fields: HTTPFields = says ? [.contentLength: "10"] : [:]
        func reply() -> IncomingReply {
            IncomingReply(200, fields, pieces: [Array("01234".utf8), Array("56789".utf8)])
        }
        #expect(try await ReplyReader(maximum: 10).bytes(of: reply().body) == Array("0123456789".utf8))
        #expect(try await ReplyReader(maximum: 10).read(reply()).byteCount == 10)
        let error = await #expect(throws: TransportError.self) {
            try await ReplyReader(maximum: 9).read(reply())
        }
        #expect(error?.kind == .tooLarge)
        #expect(error?.mayHaveArrived == true)
    }

    @Test("extracts an image only if one is expected")
    func pictures() async throws {
        let folder = try TemporaryFolder()
        let text = #"{"a":"\#(Self.long)"}"#
        var reader = ReplyReader(maximum: 5000)
        await #expect(throws: TransportError.self) { try await reader.read(IncomingReply(200, text)) }
        reader.spool = .init(folder: folder.path, images: 1)
        let reply = try await reader.read(IncomingReply(200, text))
        #expect(reply.json == ["a": "inline:0"])
        #expect(reply.inline.map(\.byteCount) == [9000])
    }

    @Test("a refusal is read for its text, whether it quotes an image or not, and cut if it does not end")
    func refusals() async throws {
        let folder = try TemporaryFolder()
        let reader = ReplyReader(maximum: 5000, spool: .init(folder: folder.path, images: 1))
        let quoting = IncomingReply(
            422, #"{"detail":[{"msg":"too small","input":"data:image/png;base64,\#(Self.long)"}]}"#)
        let reply = try await reader.read(quoting)
        #expect(reply.json == ["detail": [["msg": "too small", "input": "<left out>"]]])
        let endless = try await reader.read(
            IncomingReply(502, pieces: Array(repeating: Array("<p>Bad gateway</p>".utf8), count: 1000)))
        #expect(endless.byteCount == 5000)
        #expect(try folder.names().isEmpty)
    }

    @Test("a truncated reply leaves no file", arguments: [200, 500])
    func broken(_ status: Int) async throws {
        let folder = try TemporaryFolder()
        let lost = TransportError(.connectionLost, mayHaveArrived: true, message: "lost")
        let reader = ReplyReader(maximum: 5000, spool: .init(folder: folder.path, images: 1))
        let error = await #expect(throws: TransportError.self) {
            try await reader.read(
                IncomingReply(status, pieces: [Array(#"["\#(Self.long)"#.utf8)], failing: lost))
        }
        #expect(error == lost)
        #expect(try folder.names().isEmpty)
    }
}
