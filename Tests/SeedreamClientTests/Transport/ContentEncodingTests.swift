#if Client
import Foundation
import HTTPTypes
import SeedreamClient
import Testing

@Suite("replies compressed without being asked for")
struct ContentEncodingTests {
    /// `{"images": []}` and a line break, compressed with gzip and zlib by Python's
    /// `gzip.compress(…, mtime=0)` and `zlib.compress`.
    private static let text = "{\"images\": []}\n"
    private static let gzip: [UInt8] = bytes("H4sIAAAAAAACA6tWysxNTE8tVrJSiI6t5QIAZoKOtA8AAAA=")
    private static let zlib: [UInt8] = bytes("eJyrVsrMTUxPLVayUoiOreUCAClYBM8=")
    /// 256 KiB of zeros, compressed with gzip.
    private static let bomb: [UInt8] = bytes(
        """
        H4sIAAAAAAACA+3BMQEAAADCoPVP7W0HoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAA3gAi6g7iAAAEAA==
        """)

    private static func bytes(_ base64: String) -> [UInt8] {
        Data(base64Encoded: base64).map { Array($0) } ?? []
    }

    private static func fetch(_ fields: String, _ body: [UInt8], isChunked: Bool = false) async throws -> (
        fields: HTTPFields, body: [UInt8], request: RawPeer.Request?
    ) {
        let seen = Recorder<RawPeer.Request>()
        let server = try RawServer { peer, _ in
            if let request = peer.readRequest() { seen.append(request) }
            if isChunked {
                peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(fields)\r\n")
                for byte in body { peer.send(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
                peer.send("0\r\n\r\n")
            } else {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\(fields)\r\n")
                peer.send(body)
            }
        }
        defer { server.stop() }
        return try await AsyncHTTPTransportTests.with { transport in
            let reply = try await transport.send(OutgoingRequest(.get, server.url))
            return (reply.head.headerFields, try await reply.body.collect(), seen.all.first)
        }
    }

    @Test("every request asks for uncompressed bytes")
    func asking() async throws {
        let plain = try await Self.fetch("", Array(Self.text.utf8))
        #expect(plain.request?.fields["accept-encoding"] == "identity")
        #expect(plain.body == Array(Self.text.utf8))
        #expect(plain.fields[.contentLength] == "15")
    }

    @Test(
        "gzip and deflate are decoded, and the header describes the decoded bytes",
        arguments: [
            ("gzip", true), ("GZIP", true), ("x-gzip", true), ("identity, gzip", true), ("deflate", false),
            ("Deflate", false),
        ], [false, true])
    func decoded(_ encoding: (String, Bool), _ isChunked: Bool) async throws {
        let body = encoding.1 ? Self.gzip : Self.zlib
        let reply = try await Self.fetch("Content-Encoding: \(encoding.0)\r\n", body, isChunked: isChunked)
        #expect(reply.body == Array(Self.text.utf8))
        #expect(reply.fields[.contentEncoding] == nil)
        #expect(reply.fields[.contentLength] == nil)
    }

    @Test(
        "what cannot be decoded is kept as received, and named",
        arguments: [("br", "br"), ("zstd", "zstd"), ("compress", "compress"), ("gzip, br", "gzip+br")])
    func unknown(_ encoding: String, _ named: String) async throws {
        let reply = try await Self.fetch("Content-Encoding: \(encoding)\r\n", Self.gzip)
        #expect(reply.body == Self.gzip)
        #expect(reply.fields[.contentEncoding] == named)
    }

    @Test("identity is not an encoding, and an empty body has none", arguments: ["identity", "", "gzip"])
    func none(_ encoding: String) async throws {
        let body = encoding == "gzip" ? [] : Array(Self.text.utf8)
        let reply = try await Self.fetch("Content-Encoding: \(encoding)\r\n", body)
        #expect(reply.body == body)
        #expect(reply.fields[.contentEncoding] == nil)
    }

    @Test(
        "a compressed reply that is cut, damaged or followed by other bytes is an error", arguments: 0..<4)
    func damaged(_ kind: Int) async throws {
        var body = Self.gzip
        switch kind {
        case 0: body.removeLast(9)
        case 1: body[12] ^= 0xFF
        case 2: body += Array("trailing".utf8)
        default: body = Array("no gzip at all".utf8)
        }
        let sent = body
        let error = await #expect(throws: TransportError.self) {
            try await Self.fetch("Content-Encoding: gzip\r\n", sent)
        }
        #expect(error?.kind == .malformed)
        #expect(error?.message.hasSuffix(": the compressed reply is damaged") == true)
    }

    @Test("a downloaded file is limited by its decoded length, not by the sent one")
    func bound() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.reply(200, [("Content-Encoding", "gzip")], body: Self.bomb)
        }
        func fetch(_ maximum: Int) async throws -> [UInt8] {
            let policy = GuardedFetcher.Policy(reach: .everywhere, ports: nil, maximumBytes: maximum)
            return try await AsyncHTTPTransportTests.with {
                try await GuardedFetcher($0).bytes(server.url, policy)
            }
        }
        #expect(try await fetch(256 << 10).count == 256 << 10)
        let error = await #expect(throws: FetchError.self) { try await fetch((256 << 10) - 1) }
        #expect(error?.kind == .tooLarge)
    }
}
#endif
