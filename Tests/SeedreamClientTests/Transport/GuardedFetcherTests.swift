import Foundation
import HTTPTypes
import SeedreamClient
import Testing

@Suite("guarded fetching")
struct GuardedFetcherTests {
    /// Names for public addresses, and some for others.
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

    private static func fetcher(_ transport: some HTTPTransport) -> GuardedFetcher {
        GuardedFetcher(transport, resolver: resolver, backoff: quick)
    }

    private static func redirect(_ location: String, _ status: Int = 302) -> IncomingReply {
        IncomingReply(status, [.location: location])
    }

    /// The target of a first redirect, and the expected error.
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

    @Test("each redirect is checked like the first URL", arguments: redirects, [301, 302, 303, 307, 308])
    func redirecting(_ redirect: (String, FetchError.Kind?), _ status: Int) async throws {
        let transport = FakeTransport { request, _ in
            request.head.authority == "a.example" && request.head.path == "/x"
                ? Self.redirect(redirect.0, status) : IncomingReply(200, "picture")
        }
        let fetcher = Self.fetcher(transport)
        if let kind = redirect.1 {
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.bytes("https://a.example/x", .input())
            }
            #expect(error?.kind == kind)
            let last = transport.requests.all.last
            #expect(last?.head.authority == "a.example")
        } else {
            #expect(try await fetcher.bytes("https://a.example/x", .input()) == Array("picture".utf8))
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
            #expect(try await fetcher.bytes("https://a.example/x", .input()) == Array("picture".utf8))
        } else {
            let error = await #expect(throws: FetchError.self) {
                try await fetcher.bytes("https://a.example/x", .input())
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
        _ = try await GuardedFetcher(transport, resolver: resolver).bytes("https://a.example/x", .input())
        #expect(asked.all.count == 1)
        #expect(transport.requests.all.map(\.pinnedAddress) == ["93.184.216.34"])
        // The second look-up finds the new address, which is refused.
        await #expect(throws: FetchError.self) {
            try await GuardedFetcher(transport, resolver: resolver).bytes("https://a.example/x", .input())
        }
        #expect(transport.requests.all.count == 1)
    }

    @Test("only ports 80 and 443 are contacted, unless others are allowed")
    func ports() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        for port in [1, 22, 81, 6379, 8080, 65_535] {
            let error = await #expect(throws: FetchError.self) {
                try await Self.fetcher(transport).bytes("http://a.example:\(port)/x", .input())
            }
            #expect(error?.kind == .forbidden)
        }
        #expect(transport.requests.all.isEmpty)
        _ = try await Self.fetcher(transport).bytes("http://a.example:443/x", .input())
        var policy = GuardedFetcher.Policy.input()
        policy.ports = nil
        _ = try await Self.fetcher(transport).bytes("http://a.example:8080/x", policy)
        #expect(transport.requests.all.count == 2)
    }

    @Test("a file of exactly the limit is accepted, one byte more is not", arguments: [true, false])
    func size(_ says: Bool) async throws {
        let fields: HTTPFields = says ? [.contentLength: "7"] : [:]
        let transport = FakeTransport { _, _ in IncomingReply(200, fields, "picture") }
        #expect(
            try await Self.fetcher(transport).bytes("https://a.example/x", .input(maximumBytes: 7)).count == 7
        )
        let error = await #expect(throws: FetchError.self) {
            try await Self.fetcher(transport).bytes(
                "https://a.example/x?secret", .input(maximumBytes: 6))
        }
        #expect(error?.kind == .tooLarge)
        #expect(
            error?.description == "https://a.example/x: expected at most 6 bytes, found more")
        #expect(transport.requests.all.count == 2)
    }

    @Test("transient failures are retried, others are not")
    func retries() async throws {
        for (status, count) in [
            (503, 3), (429, 3), (500, 3), (404, 1), (403, 1), (501, 1), (204, 1), (304, 1),
        ] {
            let transport = FakeTransport { _, _ in IncomingReply(status) }
            let error = await #expect(throws: FetchError.self) {
                try await Self.fetcher(transport).bytes("https://a.example/x", .input())
            }
            #expect(error?.kind == .status(status))
            #expect(transport.requests.all.count == count, "\(status)")
        }
        let flaky = FakeTransport { _, number in
            if number < 2 { throw TransportError(.connectionLost, mayHaveArrived: true, message: "lost") }
            return IncomingReply(200, "picture")
        }
        #expect(try await Self.fetcher(flaky).bytes("https://a.example/x", .input()) == Array("picture".utf8))
    }

    @Test("the next address is tried if one cannot be reached")
    func addresses() async throws {
        let transport = FakeTransport { request, _ in
            guard request.pinnedAddress == "1.0.0.1" else {
                throw TransportError(.connect, mayHaveArrived: false, message: "refused")
            }
            return IncomingReply(200, "picture")
        }
        _ = try await Self.fetcher(transport).bytes("https://two.example/x", .input())
        #expect(transport.requests.all.map(\.pinnedAddress) == ["1.1.1.1", "1.0.0.1"])
    }

    // MARK: - Networks

    /// Addresses, one for each kind of network.
    private static let kinds: [(name: String, address: String)] = [
        ("world", "8.8.8.8"), ("machine", "127.0.0.1"), ("machine", "::1"), ("private", "10.0.0.1"),
        ("private", "192.168.1.1"), ("private", "fd00::1"), ("private", "100.64.0.1"),
        ("link", "169.254.169.254"), ("link", "fe80::1"), ("special", "0.0.0.0"),
        ("special", "::ffff:127.0.0.1"), ("special", "64:ff9b::7f00:1"), ("special", "2002:7f00:1::"),
        ("special", "224.0.0.1"),
    ]

    @Test("a result may be on the internet, or in the same kind of network as its provider", arguments: kinds)
    func neighbors(_ base: (name: String, address: String)) async throws {
        for target in Self.kinds {
            let resolver = NameResolver { host in
                IPAddress(host == "api.example" ? base.address : target.address).map { [$0] } ?? []
            }
            let transport = FakeTransport { _, _ in IncomingReply(200, "image") }
            let fetcher = GuardedFetcher(transport, resolver: resolver, backoff: Self.quick)
            let policy = GuardedFetcher.Policy.result(of: "http://api.example:8080/fal", maximumBytes: 100)
            if target.name == "world" || target.name == base.name {
                _ = try await fetcher.bytes("https://cdn.example/a", policy)
                #expect(transport.requests.all.map(\.pinnedAddress) == [target.address])
            } else {
                let error = await #expect(throws: FetchError.self, "\(base) \(target)") {
                    try await fetcher.bytes("https://cdn.example/a", policy)
                }
                #expect(error?.kind == .forbidden)
                #expect(
                    error?.description.contains("expected a public address, found \(target.address)") == true)
                #expect(transport.requests.all.isEmpty)
            }
        }
    }

    @Test("no redirect leads from the internet into a private network, even if the provider is in one")
    func fromTheWorld() async throws {
        let resolver = NameResolver { host in host == "cdn.example" ? [.v4(0x0808_0808)] : [.v4(0x0A00_0001)]
        }
        let transport = FakeTransport { request, _ in
            request.head.authority == "cdn.example"
                ? Self.redirect("https://inner.example/b") : IncomingReply(200, "image")
        }
        let fetcher = GuardedFetcher(transport, resolver: resolver, backoff: Self.quick)
        let policy = GuardedFetcher.Policy.result(of: "http://api.example", maximumBytes: 100)
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.bytes("https://cdn.example/a", policy)
        }
        #expect(error?.kind == .forbidden)
        #expect(transport.requests.all.count == 1)
        _ = try await fetcher.bytes("https://inner.example/b", policy)
    }

    @Test("each redirect is looked up and checked again")
    func rebindingAtRedirect() async throws {
        let asked = Recorder<String>()
        let resolver = NameResolver { host in
            asked.append(host)
            return asked.all.count == 1 ? [.v4(0x0808_0808)] : [.v4(0xA9FE_A9FE)]
        }
        let transport = FakeTransport { _, _ in Self.redirect("https://cdn.example/b") }
        let fetcher = GuardedFetcher(transport, resolver: resolver, backoff: Self.quick)
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.bytes(
                "https://cdn.example/a", .result(of: "https://queue.fal.run", maximumBytes: 100))
        }
        #expect(error?.kind == .forbidden)
        #expect(transport.requests.all.map(\.pinnedAddress) == ["8.8.8.8"])
    }

    /// A transport with a proxy that resolves the names.
    private struct Proxied: HTTPTransport {
        let inner: FakeTransport
        func isProxied(_ url: String) -> Bool { true }
        func send(_ request: OutgoingRequest) async throws -> IncomingReply { try await inner.send(request) }
    }

    @Test("behind a proxy no name is looked up, and a forbidden address is still refused")
    func proxied() async throws {
        let transport = FakeTransport { request, _ in
            request.head.path == "/out" ? Self.redirect("http://127.0.0.1/") : IncomingReply(200, "image")
        }
        let resolver = NameResolver { host in
            Issue.record("\(host) was looked up")
            return []
        }
        let fetcher = GuardedFetcher(Proxied(inner: transport), resolver: resolver, backoff: Self.quick)
        _ = try await fetcher.bytes("https://inner.example/x", .input())
        #expect(transport.requests.all.map(\.pinnedAddress) == [nil])
        for url in [
            "http://127.0.0.1/", "http://localhost/", "http://localhost./", "http://a.localhost/",
            "http://[::1]/", "http://0x7f.1/", "http://169.254.169.254/", "http://a.example/out",
        ] {
            let error = await #expect(throws: FetchError.self, "\(url)") {
                try await fetcher.bytes(url, .input())
            }
            #expect(error?.kind == .forbidden, "\(url)")
        }
        #expect(transport.requests.all.count == 2)
    }

    // MARK: - Time

    @Test("one deadline limits look-up, connection, redirects, body and waits", arguments: 0..<5)
    func deadline(_ place: Int) async throws {
        let resolver = NameResolver { _ in
            if place == 0 { try await Task.sleep(for: .seconds(60)) }
            return [.v4(0x0808_0808)]
        }
        let transport = FakeTransport { _, _ in
            switch place {
            case 1: try await Task.sleep(for: .seconds(60))
            case 2:
                try await Task.sleep(for: .milliseconds(200))
                return Self.redirect("/again")
            case 3:
                let drip = AsyncThrowingStream<[UInt8], any Error> {
                    try await Task.sleep(for: .milliseconds(50))
                    return [1]
                }
                return IncomingReply(head: .init(status: .ok), body: ReplyBody(drip))
            case 4: return IncomingReply(503, [.retryAfter: "60"], "")
            default: break
            }
            return IncomingReply(200, "image")
        }
        var policy = GuardedFetcher.Policy.input()
        policy.maximumRedirects = .max - 1
        policy.deadline = Deadline(after: 0.5)
        let began = ContinuousClock.now
        let error = await #expect(throws: FetchError.self) {
            try await GuardedFetcher(transport, resolver: resolver).bytes("https://a.example/x", policy)
        }
        #expect(error?.kind == .transport(.timeout))
        #expect(began.duration(to: .now) < .seconds(10))
        #expect(began.duration(to: .now) >= .milliseconds(450))
    }

    @Test("an input in an unsupported encoding is refused by name")
    func encoding() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, [.contentEncoding: "br"], "image") }
        let error = await #expect(throws: FetchError.self) {
            try await Self.fetcher(transport).bytes("https://a.example/x", .input())
        }
        #expect(error?.kind == .encoding)
        #expect(error?.description == "expected a file without content encoding, found br")
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
        let url = "http://localhost:\(server.port)/first"
        func fetch(_ reach: GuardedFetcher.Reach) async throws -> [UInt8] {
            let policy = GuardedFetcher.Policy(reach: reach, ports: nil, maximumBytes: 1 << 20)
            return try await AsyncHTTPTransportTests.with { try await GuardedFetcher($0).bytes(url, policy) }
        }
        #expect(try await fetch(.everywhere) == picture)
        let here = try #require(URLParts(server.url))
        #expect(try await fetch(.worldAndNeighbors(of: here)) == picture)
        // If only the internet is allowed, there is not even a connection; nor for a provider in
        // another network.
        let before = server.connections
        let elsewhere = try #require(URLParts("https://8.8.8.8"))
        for reach in [GuardedFetcher.Reach.world, .worldAndNeighbors(of: elsewhere)] {
            let error = await #expect(throws: FetchError.self) { try await fetch(reach) }
            #expect(error?.kind == .forbidden)
        }
        #expect(server.connections == before)
    }
    #endif
}
