import Foundation
import HTTPTypes
import SeedreamClient
import Testing

@Suite("Fetching inputs")
struct SafeFetcherTests {
    /// A name for each public address, and some that are not.
    private static let resolver = NameResolver { host in
        switch host {
        case "a.example": [.v4(0x5DB8_D822)]
        case "b.example": [.v4(0x0808_0404)]
        case "inner.example": [.v4(0x0A00_0001)]
        case "two.example": [.v4(0x0101_0101), .v4(0x0100_0001)]
        default: []
        }
    }

    private static var quick: Backoff {
        var backoff = Backoff()
        backoff.sleep = { _ in }
        return backoff
    }

    private static func fetcher(_ transport: FakeTransport, _ options: SafeFetcher.Options = .init())
        -> SafeFetcher
    {
        SafeFetcher(transport, options: options, resolver: resolver, backoff: quick)
    }

    private static func redirect(_ location: String, _ status: Int = 302) -> IncomingReply {
        IncomingReply(status, [.location: location])
    }

    /// Where a first redirect leads, and what comes of it.
    static let redirects: [(String, FetchError.Kind?)] = [
        ("https://b.example/y", nil), ("/y", nil), ("y?z", nil), ("//b.example/y", nil),
        ("https://8.8.8.8/y", nil), ("http://b.example/y", .redirect), ("ftp://b.example/y", .redirect),
        ("file:///etc/passwd", .redirect), ("https://user@b.example/", .redirect),
        ("https://inner.example/", .forbidden), ("https://10.0.0.1/", .forbidden),
        ("https://169.254.169.254/latest/meta-data/", .forbidden), ("https://[::1]/", .forbidden),
        ("https://2130706433/", .forbidden), ("//127.1/", .forbidden),
        ("https://b.example:8443/", .forbidden),
        ("https://none.example/", .transport(.nameResolution)),
    ]

    @Test("each redirect is checked like the URL itself", arguments: redirects, [301, 302, 303, 307, 308])
    func redirecting(_ redirect: (String, FetchError.Kind?), _ status: Int) async throws {
        let transport = FakeTransport { request, _ in
            request.head.authority == "a.example" && request.head.path == "/x"
                ? Self.redirect(redirect.0, status) : IncomingReply(200, "picture")
        }
        let fetcher = Self.fetcher(transport)
        if let kind = redirect.1 {
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.fetch("https://a.example/x")
            }
            #expect(error?.kind == kind)
            let last = transport.requests.all.last
            #expect(last?.head.authority == "a.example")
        } else {
            #expect(try await fetcher.fetch("https://a.example/x") == Array("picture".utf8))
            #expect(transport.requests.all.count == 2)
            #expect(transport.requests.all.allSatisfy { $0.pinnedAddress != nil })
        }
    }

    @Test("three redirects are followed, a fourth is not", arguments: [3, 4])
    func redirectCount(_ count: Int) async throws {
        let transport = FakeTransport { _, number in
            number < count ? Self.redirect("/\(number)") : IncomingReply(200, "picture")
        }
        let fetcher = Self.fetcher(transport)
        if count == 3 {
            #expect(try await fetcher.fetch("https://a.example/x") == Array("picture".utf8))
        } else {
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.fetch("https://a.example/x")
            }
            #expect(error?.kind == .redirect)
        }
        #expect(transport.requests.all.count == 4)
    }

    @Test("a name that changes its address after the check gains nothing")
    func rebinding() async throws {
        let asked = Recorder<String>()
        let resolver = NameResolver { host in
            asked.append(host)
            return asked.all.count == 1 ? [.v4(0x5DB8_D822)] : [.v4(0x7F00_0001)]
        }
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        _ = try await SafeFetcher(transport, resolver: resolver).fetch("https://a.example/x")
        #expect(asked.all.count == 1)
        #expect(transport.requests.all.map(\.pinnedAddress) == ["93.184.216.34"])
        // The second time it is looked up again, and refused.
        await #expect(throws: FetchError.self) {
            try await SafeFetcher(transport, resolver: resolver).fetch("https://a.example/x")
        }
        #expect(transport.requests.all.count == 1)
    }

    @Test("only ports 80 and 443 are called, unless others are allowed")
    func ports() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        for port in [1, 22, 81, 6379, 8080, 65_535] {
            let error = await #expect(throws: FetchError.self) {
                try await Self.fetcher(transport).fetch("http://a.example:\(port)/x")
            }
            #expect(error?.kind == .forbidden)
        }
        #expect(transport.requests.all.isEmpty)
        _ = try await Self.fetcher(transport).fetch("http://a.example:443/x")
        var options = SafeFetcher.Options()
        options.ports = nil
        _ = try await Self.fetcher(transport, options).fetch("http://a.example:8080/x")
        #expect(transport.requests.all.count == 2)
    }

    @Test("a file of the size that is allowed is taken, one byte more is not", arguments: [true, false])
    func size(_ says: Bool) async throws {
        let fields: HTTPFields = says ? [.contentLength: "7"] : [:]
        let transport = FakeTransport { _, _ in IncomingReply(200, fields, "picture") }
        #expect(try await Self.fetcher(transport).fetch("https://a.example/x", maximum: 7).count == 7)
        let error = await #expect(throws: FetchError.self) {
            try await Self.fetcher(transport).fetch("https://a.example/x?secret", maximum: 6)
        }
        #expect(error?.kind == .tooLarge)
        #expect(
            error?.description == "https://a.example/x: expected at most 6 bytes, found more")
        #expect(transport.requests.all.count == 2)
    }

    @Test("what may pass is tried again, what will not is not")
    func retries() async throws {
        for (status, count) in [
            (503, 3), (429, 3), (500, 3), (404, 1), (403, 1), (501, 1), (204, 1), (304, 1),
        ] {
            let transport = FakeTransport { _, _ in IncomingReply(status) }
            let error = await #expect(throws: FetchError.self) {
                try await Self.fetcher(transport).fetch("https://a.example/x")
            }
            #expect(error?.kind == .status(status))
            #expect(transport.requests.all.count == count, "\(status)")
        }
        let flaky = FakeTransport { _, number in
            if number < 2 { throw TransportError(.connectionLost, mayHaveArrived: true, message: "lost") }
            return IncomingReply(200, "picture")
        }
        #expect(try await Self.fetcher(flaky).fetch("https://a.example/x") == Array("picture".utf8))
    }

    @Test("the next address is tried where one cannot be connected to")
    func addresses() async throws {
        let transport = FakeTransport { request, _ in
            guard request.pinnedAddress == "1.0.0.1" else {
                throw TransportError(.connect, mayHaveArrived: false, message: "refused")
            }
            return IncomingReply(200, "picture")
        }
        _ = try await Self.fetcher(transport).fetch("https://two.example/x")
        #expect(transport.requests.all.map(\.pinnedAddress) == ["1.1.1.1", "1.0.0.1"])
    }

    #if Client
    @Test("over a real connection: the system's resolver, the pinned address, a redirect, the bytes")
    func realConnection() async throws {
        let picture = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let server = try RawServer { peer, _ in
            guard let request = peer.readRequest() else { return }
            if request.line.contains("/first") {
                peer.reply(302, [("Location", "/second")])
            } else {
                peer.reply(200, body: picture)
            }
        }
        var options = SafeFetcher.Options()
        options.allowsPrivateAddresses = true
        options.ports = nil
        let bytes = try await AsyncHTTPTransportTests.with {
            try await SafeFetcher($0, options: options).fetch("http://localhost:\(server.port)/first")
        }
        #expect(bytes == picture)
        // Without the switch nothing is even connected.
        let before = server.connections
        options.allowsPrivateAddresses = false
        await #expect(throws: FetchError.self) {
            try await AsyncHTTPTransportTests.with {
                try await SafeFetcher($0, options: options).fetch("http://localhost:\(server.port)/first")
            }
        }
        #expect(server.connections == before)
    }
    #endif
}
