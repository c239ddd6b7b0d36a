#if Client
import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("transport over AsyncHTTPClient")
struct AsyncHTTPTransportTests {
    /// Runs `body` with a transport, and shuts it down.
    static func with<Result>(
        _ configuration: TransportConfiguration = direct, _ body: (AsyncHTTPTransport) async throws -> Result
    ) async throws -> Result {
        let transport = try AsyncHTTPTransport(configuration)
        do {
            let result = try await body(transport)
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    /// A configuration without a proxy, even if the environment of the tests names one.
    static var direct: TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.proxy = .none
        return configuration
    }

    /// Returns the error of sending a request and reading its reply.
    static func failure(_ request: OutgoingRequest, _ configuration: TransportConfiguration = direct)
        async throws -> TransportError?
    {
        try await with(configuration) { transport in
            await #expect(throws: TransportError.self) {
                _ = try await transport.send(request).body.collect()
            }
        }
    }

    @Test("sends method, path, fields and the exact length, and passes on status, fields and body")
    func exchange() async throws {
        let seen = Recorder<RawPeer.Request>()
        let server = try RawServer { peer, _ in
            if let request = peer.readRequest() { seen.append(request) }
            peer.reply(418, [("X-Id", "7"), ("X-Id", "8")], body: Array("tea".utf8))
        }
        let url = "\(server.url)/a/b?c=d%20e"
        var request = OutgoingRequest(.put, url, Array("0123456789".utf8))
        request.head.headerFields[.accept] = "text/plain"
        let (head, body) = try await Self.with { transport in
            let reply = try await transport.send(request)
            return (reply.head, try await reply.body.collect())
        }
        #expect(head.status.code == 418)
        #expect(head.headerFields[values: HTTPField.Name("X-Id") ?? .accept] == ["7", "8"])
        #expect(body == Array("tea".utf8))
        let sent = try #require(seen.all.first)
        #expect(sent.line == "PUT /a/b?c=d%20e HTTP/1.1")
        #expect(sent.fields["content-length"] == "10")
        #expect(sent.fields["transfer-encoding"] == nil)
        #expect(sent.fields["host"] == "127.0.0.1:\(server.port)")
        #expect(sent.fields["accept"] == "text/plain")
        #expect(sent.body == Array("0123456789".utf8))
    }

    @Test(
        "a body of any length arrives unchanged",
        arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_001], [false, true])
    func bodies(_ length: Int, _ needsFresh: Bool) async throws {
        let seen = Recorder<RawPeer.Request>()
        let server = try RawServer { peer, _ in
            if let request = peer.readRequest() { seen.append(request) }
            peer.reply(200)
        }
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        var request = OutgoingRequest(.post, server.url, bytes)
        request.needsFreshConnection = needsFresh
        let status = try await Self.with { try await $0.send(request).head.status.code }
        #expect(status == 200)
        #expect(seen.all.first?.body == bytes)
        #expect(seen.all.first?.fields["content-length"] == "\(length)")
    }

    @Test("a redirect is passed on, not followed")
    func redirect() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.reply(302, [("Location", "/elsewhere")])
        }
        let status = try await Self.with {
            try await $0.send(OutgoingRequest(.get, server.url)).head.status.code
        }
        #expect(status == 302)
        #expect(server.connections == 1)
    }

    @Test("requests share a connection, unless they need a fresh one", arguments: [false, true])
    func freshness(_ needsFresh: Bool) async throws {
        let server = try RawServer { peer, _ in while peer.readRequest() != nil { peer.reply(200) } }
        try await Self.with { transport in
            for _ in 0..<3 {
                var request = OutgoingRequest(.post, server.url, [1])
                request.needsFreshConnection = needsFresh
                _ = try await transport.send(request).body.collect()
            }
        }
        #expect(server.connections == (needsFresh ? 3 : 1))
    }

    @Test("many simultaneous requests do not wait for connections")
    func manyAtOnce() async throws {
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            // Longer than the timeout for a connection.
            Thread.sleep(forTimeInterval: 1.5)
            peer.reply(200)
        }
        var configuration = Self.direct
        configuration.connectTimeout = 1
        let statuses = try await Self.with(configuration) { transport in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await transport.send(OutgoingRequest(.get, server.url)).head.status.code
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(statuses == Array(repeating: 200, count: 20))
    }

    @Test("connects only to the pinned address, under the URL's host name")
    func pinning() async throws {
        let seen = Recorder<RawPeer.Request>()
        let server = try RawServer { peer, _ in
            if let request = peer.readRequest() { seen.append(request) }
            peer.reply(200)
        }
        var request = OutgoingRequest(.get, "http://pictures.example.invalid:\(server.port)/x")
        request.pinnedAddress = "127.0.0.1"
        try await Self.with { _ = try await $0.send(request) }
        #expect(seen.all.first?.fields["host"] == "pictures.example.invalid:\(server.port)")
        // The pinned address also takes precedence over an address in the URL.
        var other = OutgoingRequest(.get, "http://127.0.0.2:\(server.port)/x")
        other.pinnedAddress = "127.0.0.1"
        try await Self.with { _ = try await $0.send(other) }
        #expect(seen.all.count == 2)
        var never = OutgoingRequest(.get, "\(server.url)/x")
        never.pinnedAddress = "not an address"
        _ = try await Self.failure(never)
        #expect(seen.all.count == 2)
    }

    @Test("sends nothing after it was shut down")
    func afterShutdown() async throws {
        let server = try RawServer { peer, _ in peer.reply(200) }
        let transport = try AsyncHTTPTransport(Self.direct)
        await transport.shutdown()
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(OutgoingRequest(.get, server.url))
        }
        #expect(error?.mayHaveArrived == false)
        #expect(server.connections == 0)
    }

    @Test("a reply can be read after the last reference to the transport is gone", arguments: [false, true])
    func lifetime(_ needsFresh: Bool) async throws {
        let released = DispatchSemaphore(value: 0)
        let server = try RawServer { peer, _ in
            _ = peer.readRequest()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
            released.wait()
            peer.send("def")
        }
        var request = OutgoingRequest(.get, server.url)
        request.needsFreshConnection = needsFresh
        let reply = try await AsyncHTTPTransport(Self.direct).send(request)
        released.signal()
        #expect(try await reply.body.collect() == Array("abcdef".utf8))
    }

    @Test("a missing certificate file is refused at once")
    func trustRoots() throws {
        let folder = try TemporaryFolder()
        for path in [folder.file("none.pem"), try folder.write(Array("junk".utf8), as: "junk.pem")] {
            var configuration = Self.direct
            configuration.trustRoots = path
            let error = #expect(throws: RequestError.self) { try AsyncHTTPTransport(configuration) }
            #expect(error?.message == "\(path): expected certificates in PEM format")
        }
    }
}
#endif
