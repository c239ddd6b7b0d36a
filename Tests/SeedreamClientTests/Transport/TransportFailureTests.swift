#if Client
import Foundation
import HTTPTypes
import SeedreamClient
import Testing

@Suite("transport failures")
struct TransportFailureTests {
    private static func failure(_ request: OutgoingRequest) async throws -> TransportError {
        try #require(try await AsyncHTTPTransportTests.failure(request))
    }

    private static func fresh(_ url: String, _ bytes: [UInt8] = [1, 2, 3]) -> OutgoingRequest {
        var request = OutgoingRequest(.post, url, bytes)
        request.needsFreshConnection = true
        return request
    }

    // MARK: - Provably not arrived

    @Test("a closed port has received nothing", arguments: [false, true])
    func refused(_ isPinned: Bool) async throws {
        var request = Self.fresh("http://127.0.0.1:\(try RawServer.closedPort())/x?token=secret")
        if isPinned { request.pinnedAddress = "127.0.0.1" }
        let error = try await Self.failure(request)
        #expect(error.kind == .connect)
        #expect(!error.mayHaveArrived)
        #expect(error.message.hasSuffix(": the connection was refused"))
        #expect(!error.message.contains("secret"))
    }

    @Test("a name without an address has received nothing", arguments: [false, true])
    func unknownName(_ needsFresh: Bool) async throws {
        var request = OutgoingRequest(.get, "http://no-such-host.invalid/x")
        request.needsFreshConnection = needsFresh
        let error = try await Self.failure(request)
        #expect(error.kind == .nameResolution)
        #expect(!error.mayHaveArrived)
        // Without a network no name server replies; NameResolverTests tell the cases apart.
        #expect(
            ["the name has no address", "the name server does not answer"].map {
                "no-such-host.invalid: \($0)"
            }.contains(error.message))
    }

    @Test("a server without TLS has received nothing of the request")
    func noTLS() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.read()
            peer.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        }
        let error = try await Self.failure(Self.fresh("https://127.0.0.1:\(server.port)/"))
        #expect(error.kind == .tls)
        #expect(!error.mayHaveArrived)
        #expect(error.message.hasSuffix(": expected TLS, found something else on this port"))
    }

    @Test(
        "a server that closes the connection in the handshake has received nothing", arguments: [true, false])
    func handshakeCut(_ isReset: Bool) async throws {
        let server = try RawServer { peer, _ in
            _ = peer.read()
            if isReset { peer.reset() }
        }
        let error = try await Self.failure(Self.fresh("https://127.0.0.1:\(server.port)/"))
        #expect(error.kind == .connect)
        #expect(!error.mayHaveArrived)
        #expect(
            error.message.hasSuffix(
                isReset ? ": the connection was reset" : ": the connection ended in the TLS handshake"),
            "\(error)")
    }

    @Test("a server that is silent in the handshake has received nothing")
    func handshakeSilence() async throws {
        let server = try RawServer { peer, _ in peer.waitForEnd() }
        var configuration = AsyncHTTPTransportTests.direct
        configuration.connectTimeout = 0.5
        let error = try #require(
            try await AsyncHTTPTransportTests.failure(
                Self.fresh("https://127.0.0.1:\(server.port)/"), configuration))
        #expect([.connect, .tls].contains(error.kind))
        #expect(!error.mayHaveArrived)
    }

    // MARK: - Perhaps arrived

    @Test("a connection that ends before the reply may have carried the request", arguments: [false, true])
    func closed(_ withReset: Bool) async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            if withReset { peer.reset() }
        }
        let error = try await Self.failure(Self.fresh(server.url))
        #expect(error.kind == .connectionLost)
        #expect(error.mayHaveArrived)
    }

    @Test("a request may have arrived even if the server reads only its head")
    func unread() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readHead()
            peer.reset()
        }
        let error = try await Self.failure(Self.fresh(server.url, [UInt8](repeating: 7, count: 1 << 20)))
        #expect(error.mayHaveArrived)
    }

    @Test("a server that is silent too long may have received the request")
    func readTimeout() async throws {
        let server = try RawServer { peer, _ in peer.waitForEnd() }
        var request = Self.fresh(server.url)
        request.readTimeout = 0.3
        let error = try await Self.failure(request)
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
        #expect(error.message.hasSuffix(": received no byte for 0.3 s"))
    }

    @Test("a server that accepts no more bytes is given up")
    func writeTimeout() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readHead()
            Thread.sleep(forTimeInterval: 30)
        }
        var request = Self.fresh(server.url, [UInt8](repeating: 7, count: 40 << 20))
        request.writeTimeout = 0.5
        let began = ContinuousClock.now
        let error = try await Self.failure(request)
        #expect(error.message.hasSuffix(": the server accepted no byte for 0.5 s"))
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
        #expect(began.duration(to: .now) < .seconds(15))
    }

    @Test("a head that does not arrive in time is a timeout", arguments: [false, true])
    func totalTimeoutOfHead(_ isFresh: Bool) async throws {
        let server = try RawServer { peer, _ in peer.waitForEnd() }
        var request = Self.fresh(server.url)
        request.needsFreshConnection = isFresh
        request.totalTimeout = 0.3
        let error = try await Self.failure(request)
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
    }

    @Test("an endless slow body is cut when the time is up, and the connection closed")
    func totalTimeoutOfBody() async throws {
        let ends = Recorder<Bool>()
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            let ended = Recorder<Bool>()
            Thread {
                peer.waitForEnd()
                ended.append(true)
            }.start()
            while ended.all.isEmpty {
                peer.send("x")
                Thread.sleep(forTimeInterval: 0.02)
            }
            ends.append(true)
        }
        var request = Self.fresh(server.url)
        request.totalTimeout = 0.5
        let began = ContinuousClock.now
        let error = try await Self.failure(request)
        #expect(error.kind == .timeout)
        #expect(began.duration(to: .now) < .seconds(15))
        #expect(try await ends.wait(for: 1) == [true])
    }

    // MARK: - Broken replies

    /// Bytes sent by a server, and the kind of the error.
    static let broken: [(String, TransportError.Kind)] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", .connectionLost),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", .connectionLost),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", .connectionLost),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", .connectionLost),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nContent-Le", .connectionLost),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", .malformed),
        ("HTTP/1.1 2x0 OK\r\n\r\n", .malformed),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .malformed),
        ("SSH-2.0-OpenSSH_9.2\r\n", .malformed),
        ("\u{0}\u{1}\u{2}\u{3}", .malformed),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 200_000))\r\n\r\n", .malformed),
    ]

    @Test("a broken reply is an error, and the request may have arrived", arguments: broken)
    func brokenReply(_ text: String, _ kind: TransportError.Kind) async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send(text)
        }
        let error = try await Self.failure(Self.fresh(server.url))
        #expect(error.kind == kind, "\(error)")
        #expect(error.mayHaveArrived)
    }

    @Test("a reply that is reset in the middle is an error")
    func resetInBody() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            Thread.sleep(forTimeInterval: 0.1)
            peer.reset()
        }
        let error = try await Self.failure(Self.fresh(server.url))
        #expect(error.kind == .connectionLost)
        #expect(error.mayHaveArrived)
    }

    @Test("a reply without a length ends with the connection")
    func untilClose() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\n\r\nabc")
        }
        let body = try await AsyncHTTPTransportTests.with {
            try await $0.send(Self.fresh(server.url)).body.collect()
        }
        #expect(body == Array("abc".utf8))
    }

    @Test("informational replies are skipped")
    func informational() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 None\r\n\r\n")
        }
        let status = try await AsyncHTTPTransportTests.with {
            try await $0.send(Self.fresh(server.url)).head.status.code
        }
        #expect(status == 204)
    }

    // MARK: - Cancellation

    @Test(
        "cancelling closes the connection at once, before the reply and within it", arguments: [false, true],
        [false, true])
    func cancellation(_ hasHead: Bool, _ isFresh: Bool) async throws {
        // The request has arrived, the head has been returned, the connection is closed.
        let (begun, answered, ended) = (Recorder<Bool>(), Recorder<Bool>(), Recorder<Bool>())
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            if hasHead { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }
            begun.append(true)
            peer.waitForEnd()
            ended.append(true)
        }
        try await AsyncHTTPTransportTests.with { transport in
            let task = Task {
                var request = Self.fresh(server.url)
                request.needsFreshConnection = isFresh
                request.totalTimeout = isFresh ? 60 : nil
                let reply = try await transport.send(request)
                answered.append(true)
                _ = try await reply.body.collect()
            }
            _ = try await begun.wait(for: 1)
            if hasHead { _ = try await answered.wait(for: 1) }
            let began = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(began.duration(to: .now) < .seconds(5))
            #expect(try await ended.wait(for: 1) == [true])
        }
    }

    @Test("a request cancelled in advance is not sent")
    func cancelledBefore() async throws {
        let server = try RawServer { peer, _ in peer.reply(200) }
        try await AsyncHTTPTransportTests.with { transport in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await transport.send(Self.fresh(server.url))
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(server.connections == 0)
    }
}
#endif
