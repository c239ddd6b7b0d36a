#if Client
import Foundation
import HTTPTypes
import SeedreamClient
import TestSupport
import Testing

#if Emulator
import SeedreamEmulator
#endif

@Suite("reply heads that are not HTTP")
struct ReplyHeadTests {
    /// The outcome of a reply.
    enum Outcome: Hashable, Sendable {
        /// The reply is a ``TransportError`` of this kind, and the request may have arrived.
        case refused(TransportError.Kind)
        /// The reply is accepted, with this status and body.
        case reply(Int, String)
    }

    private static let body = "Content-Length: 4\r\n\r\nbody"

    /// Status lines, each followed by a length and a body.
    static let statusLines: [(String, Outcome)] =
        ["000", "001", "010", "042", "077", "099"].map { ("HTTP/1.1 \($0) X", .refused(.malformed)) } + [
            ("HTTP/1.1 101 Switching Protocols", .refused(.malformed)),
            ("HTTP/1.1 0 X", .refused(.malformed)), ("HTTP/1.1 9 X", .refused(.malformed)),
            ("HTTP/1.1 99 X", .refused(.malformed)), ("HTTP/1.1 1000 X", .refused(.malformed)),
            ("HTTP/1.1 99999999999999999999 X", .refused(.malformed)),
            ("HTTP/1.1 -1 X", .refused(.malformed)), ("HTTP/1.1 -200 X", .refused(.malformed)),
            ("HTTP/1.1 +200 X", .refused(.malformed)), ("HTTP/1.1 2e2 X", .refused(.malformed)),
            ("HTTP/1.1 0x200 X", .refused(.malformed)), ("HTTP/1.1 20 0 X", .refused(.malformed)),
            ("HTTP/1.1 \u{0662}00 X", .refused(.malformed)), ("HTTP/1.1 abc X", .refused(.malformed)),
            ("HTTP/1.1", .refused(.malformed)), ("HTTP/1.1 ", .refused(.malformed)),
            ("HTTP/0.9 200 OK", .refused(.malformed)), ("HTTP/2.0 200 OK", .refused(.malformed)),
            ("HTTP/3.0 200 OK", .refused(.malformed)), ("HTTP/1.10 200 OK", .refused(.malformed)),
            ("HTTP/9999.1 200 OK", .refused(.malformed)), ("HTTP/-1.1 200 OK", .refused(.malformed)),
            ("HTTPS/1.1 200 OK", .refused(.malformed)), ("ICY 200 OK", .refused(.malformed)),
            ("200 OK", .refused(.malformed)),
            ("GET / HTTP/1.1", .refused(.malformed)), ("<html>", .refused(.malformed)),
            ("{}", .refused(.malformed)),
            // llhttp accepts these as ordinary replies; a proxy that sends them counts as
            // connected.
            ("RTSP/1.0 200 OK", .reply(200, "body")), ("HTTP/1.1 200 \u{0}", .reply(200, "body")),
            ("HTTP/1.0 200 OK", .reply(200, "body")), ("HTTP/1.1 200", .reply(200, "body")),
            ("HTTP/1.1 200 ", .reply(200, "body")), ("HTTP/1.1 200 \u{e9}", .reply(200, "body")),
            ("HTTP/1.1 299 X", .reply(299, "body")), ("HTTP/1.1 599 X", .reply(599, "body")),
            ("HTTP/1.1 600 X", .reply(600, "body")), ("HTTP/1.1 999 X", .reply(999, "body")),
            ("HTTP/1.1 204 X", .reply(204, "")), ("HTTP/1.1 304 X", .reply(304, "")),
        ]

    /// Complete replies.
    static let replies: [(String, Outcome)] = [
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\(body)", .reply(200, "body")),
        (
            String(repeating: "HTTP/1.1 103 Hints\r\n\r\n", count: 32) + "HTTP/1.1 200 OK\r\n\(body)",
            .reply(200, "body")
        ),
        (
            String(repeating: "HTTP/1.1 103 Hints\r\n\r\n", count: 33) + "HTTP/1.1 200 OK\r\n\(body)",
            .refused(.malformed)
        ),
        (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 10_000), .refused(.malformed)),
        ("HTTP/1.1 100 Continue\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 100 Continue\r\n\r\n", .refused(.connectionLost)),
        ("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 000 X\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 000 X\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", .refused(.malformed)),
        ("HTTP/1.1 050 X\r\n\r\n", .refused(.malformed)),
        ("HTTP/1.1 050 X\r\n\r\nbody until the end", .refused(.malformed)),
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u{1}\u{2}",
            .refused(.malformed)
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\nbody", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nContent-Length: +4\r\n\r\nbody", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0x4\r\n\r\nbody", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nbody", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\nbody", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nbody", .refused(.malformed)),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            .refused(.malformed)
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nbody", .refused(.malformed)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
            .refused(.malformed)
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nbody", .refused(.malformed)),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nbody",
            .refused(.malformed)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nbody\r\n0\r\n\r\n",
            .refused(.malformed)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n",
            .reply(200, "body")
        ),
        ("HTTP/1.1 200 OK\r\nX\u{0}Y: z\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nX Y: z\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\n: z\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nX(y): z\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nX: a\rb\r\n\(body)", .refused(.malformed)),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 3 << 20))\r\n\(body)", .refused(.malformed)),
        (
            "HTTP/1.1 200 OK\r\n" + (0..<100_000).map { "X\($0): yyyyyyyyyyyyyyyyyyyyyyyy\r\n" }.joined()
                + body,
            .refused(.malformed)
        ),
        ("HTTP/1.1 200 OK\r\n\(body)HTTP/1.1 000 X\r\n\(body)", .reply(200, "body")),
        ("HTTP/1.1 204 No\r\n\r\nHTTP/1.1 000 X\r\n\(body)", .reply(204, "")),
        ("\r\n\r\n\r\n", .refused(.connectionLost)),
        (String(repeating: "\u{0}", count: 100_000), .refused(.malformed)),
        (String(repeating: "A", count: 100_000), .refused(.malformed)),
        ("", .refused(.connectionLost)), ("H", .refused(.connectionLost)),
        ("HTTP/1.1 200 OK\r\n", .refused(.connectionLost)),
    ]

    private static func outcome(of text: String, _ isFresh: Bool) async throws -> Outcome {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send(text)
        }
        defer { server.stop() }
        var request = OutgoingRequest(.post, server.url, [1, 2, 3])
        request.needsFreshConnection = isFresh
        do {
            return try await AsyncHTTPTransportTests.with { transport in
                let reply = try await transport.send(request)
                let body = try await reply.body.collect()
                return .reply(reply.head.status.code, String(decoding: body, as: UTF8.self))
            }
        } catch let error as TransportError {
            #expect(error.mayHaveArrived, "\(error)")
            return .refused(error.kind)
        }
    }

    @Test("a status line is accepted or refused, and never crashes the process", arguments: statusLines)
    func statusLine(_ line: String, _ expected: Outcome) async throws {
        #expect(try await Self.outcome(of: "\(line)\r\n\(Self.body)", true) == expected)
    }

    @Test("a complete reply is accepted or refused, and never crashes the process", arguments: replies)
    func reply(_ text: String, _ expected: Outcome) async throws {
        #expect(try await Self.outcome(of: text, true) == expected, "\(text.prefix(80).debugDescription)")
    }

    @Test("shared connections behave the same", arguments: ["000", "099", "101"])
    func shared(_ status: String) async throws {
        let outcome = try await Self.outcome(of: "HTTP/1.1 \(status) X\r\n\(Self.body)", false)
        #expect(outcome == .refused(.malformed))
    }

    @Test("a server that sends before the request is refused or ignored")
    func unsolicited() async throws {
        let server = try RawServer { peer, _ in
            peer.send("HTTP/1.1 000 X\r\n\(Self.body)")
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\n\(Self.body)")
        }
        for isFresh in [true, false] {
            var request = OutgoingRequest(.post, server.url, [1, 2, 3])
            request.needsFreshConnection = isFresh
            // Its early bytes are never taken for the reply; its later bytes may be.
            do {
                let status = try await AsyncHTTPTransportTests.with { transport in
                    try await transport.send(request).head.status.code
                }
                #expect(status == 200)
            } catch is TransportError {}
        }
    }

    @Test("a proxy whose reply to CONNECT is not HTTP is an error", arguments: statusLines)
    func proxy(_ line: String, _ outcome: Outcome) async throws {
        guard case .refused = outcome else { return }
        let server = try RawServer { peer, _ in
            _ = peer.readHead()
            peer.send("\(line)\r\n\(Self.body)")
        }
        defer { server.stop() }
        var configuration = AsyncHTTPTransportTests.direct
        configuration.proxy = .address(try ProxyAddress("127.0.0.1:\(server.port)"))
        var request = OutgoingRequest(.post, "http://a.example/", [1])
        request.needsFreshConnection = true
        let error = try await AsyncHTTPTransportTests.failure(request, configuration)
        #expect(error?.kind == .proxy)
        #expect(error?.mayHaveArrived == false)
    }

    #if Emulator
    @Test("a paid request whose reply is not HTTP has an unknown outcome, and the command says so")
    func paid() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 000 X\r\n\(Self.body)")
        }
        try await CommandRig.with { rig in
            let result = try await rig.run(
                ["generate", "a dog", "--provider", "fal", "--base-url", server.url, "-o", rig.output]
                    + rig.common)
            #expect(result.signal == nil)
            #expect(result.status == 76)
            let ledger = try SQLiteLedger.open(path: rig.ledger)
            #expect(try await ledger.jobs(in: Set(JobState.allCases), limit: nil).map(\.state) == [.unknown])
        }
    }
    #endif
}
#endif
