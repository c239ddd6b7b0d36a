import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamModel
import Synchronization
import Testing

#if Emulator
import SeedreamEmulator
#endif

@Suite("downloading results")
struct ResultDownloaderTests {
    /// The content that a file would have.
    private final class Sink: Sendable {
        private let state = Mutex<(bytes: [UInt8], begins: Int)>(([], 0))

        func begin() {
            state.withLock {
                $0.bytes = []
                $0.begins += 1
            }
        }
        func write(_ piece: [UInt8]) { state.withLock { $0.bytes += piece } }
        var bytes: [UInt8] { state.withLock { $0.bytes } }
        var begins: Int { state.withLock { $0.begins } }
    }

    private static let resolver = NameResolver { host in
        switch host {
        case "cdn.example": [.v4(0x5DB8_D822)]
        case "other.example": [.v4(0x0808_0404)]
        case "inner.example", "inner2.example": [.v4(0x0A00_0001)]
        case "localhost": [.v4(0x7F00_0001)]
        default: []
        }
    }

    private static func fetch(
        _ url: String, _ transport: any HTTPTransport, into sink: Sink = Sink(), maximum: Int = 64 << 20,
        waits: Recorder<Double> = Recorder()
    ) async throws -> FetchedFile {
        var backoff = Backoff()
        backoff.draw = { $0 }
        backoff.sleep = { waits.append($0) }
        // The provider is at the address of the first URL.
        return try await ResultDownloader(
            provider: .fal, base: url, transport: transport, backoff: backoff, resolver: resolver
        ).fetch(url, maximum: maximum, begin: { sink.begin() }, write: { sink.write($0) })
    }

    private static func failure(_ url: String, _ transport: any HTTPTransport, maximum: Int = 64 << 20) async
        -> ClientError?
    {
        let error = await #expect(throws: ClientError.self) {
            try await fetch(url, transport, maximum: maximum)
        }
        #expect(error?.purchase == .taken)
        #expect(error?.operation == "fal.download")
        #expect(error?.description.contains("secret") == false)
        return error
    }

    @Test("passes on bytes, length and type, and sends no key")
    func plain() async throws {
        let transport = FakeTransport { _, _ in
            IncomingReply(200, [.contentType: "image/png", .contentLength: "7"], "picture")
        }
        let sink = Sink()
        let result = try await Self.fetch("https://cdn.example/a.png?signature=1", transport, into: sink)
        #expect(result == FetchedFile(contentType: "image/png", byteCount: 7))
        #expect(sink.bytes == Array("picture".utf8))
        let head = try #require(transport.requests.all.first?.head)
        #expect(head.headerFields[.authorization] == nil)
        #expect(head.headerFields[.userAgent] == "seedreamkit/\(SeedreamVersion.current)")
        #expect(head.path == "/a.png?signature=1")
    }

    @Test(
        "reports that a result is gone, and leaves the rest to the saver, which asks the provider",
        arguments: [403, 404, 410])
    func gone(_ status: Int) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(status, "") }
        let error = await Self.failure("https://cdn.example/a.png?secret", transport)
        #expect(error?.category == .result)
        #expect(error?.status == status)
        #expect(error?.message == "https://cdn.example/a.png: the image is no longer there")
        #expect(transport.requests.all.count == 1)
    }

    @Test(
        "retries transient failures, and no others",
        arguments: [
            (408, 3, .timeout), (429, 3, .rateLimit), (500, 3, .provider), (502, 3, .provider),
            (503, 3, .provider),
            (504, 3, .timeout), (501, 1, .provider), (400, 1, .result), (401, 1, .result), (204, 1, .result),
            (206, 1, .result), (304, 1, .result),
        ] as [(Int, Int, ClientError.Category)])
    func statuses(_ status: Int, _ attempts: Int, _ category: ClientError.Category) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(status, "") }
        let error = await Self.failure("https://cdn.example/a.png", transport)
        #expect(error?.category == category)
        #expect(error?.isRetryable == (attempts > 1))
        #expect(transport.requests.all.count == attempts)
    }

    @Test("fetches a truncated file again from its beginning")
    func broken() async throws {
        let lost = TransportError(.connectionLost, mayHaveArrived: true, message: "lost")
        let transport = FakeTransport { _, number in
            switch number {
            case 0: IncomingReply(200, pieces: [Array("pic".utf8)], failing: lost)
            case 1: IncomingReply(200, [.contentLength: "7"], "pict")
            default: IncomingReply(200, [.contentLength: "7"], "picture")
            }
        }
        let (sink, waits) = (Sink(), Recorder<Double>())
        let result = try await Self.fetch("https://cdn.example/a.png", transport, into: sink, waits: waits)
        #expect(result.byteCount == 7)
        #expect(sink.bytes == Array("picture".utf8))
        #expect(sink.begins == 3)
        #expect(waits.all == [0.5, 1])
    }

    @Test("accepts a file of exactly the limit, and not one byte more", arguments: [true, false])
    func size(_ says: Bool) async throws {
        let fields: HTTPFields = says ? [.contentLength: "7"] : [:]
        let transport = FakeTransport { _, _ in IncomingReply(200, fields, "picture") }
        #expect(try await Self.fetch("https://cdn.example/a.png", transport, maximum: 7).byteCount == 7)
        let error = await Self.failure("https://cdn.example/a.png", transport, maximum: 6)
        #expect(error?.category == .result)
        #expect(transport.requests.all.count == 2)
    }

    @Test("reports bytes that cannot be written as the caller's error, without a retry")
    func unwritable() async throws {
        struct Full: Error {}
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        let downloader = ResultDownloader(
            provider: .fal, base: "https://queue.fal.run", transport: transport, resolver: Self.resolver)
        await #expect(throws: Full.self) {
            try await downloader.fetch("https://cdn.example/a", maximum: 100, begin: {}) { _ in throw Full() }
        }
        await #expect(throws: Full.self) {
            try await downloader.fetch(
                "https://cdn.example/a", maximum: 100, begin: { throw Full() }, write: { _ in })
        }
        #expect(transport.requests.all.count == 1)
    }

    @Test(
        "does not fetch an invalid URL",
        arguments: ["", "x", "file:///etc/passwd", "data:image/png;base64,QUJD", "ftp://cdn.example/a"])
    func noURL(_ url: String) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "picture") }
        #expect(await Self.failure(url, transport)?.category == .result)
        #expect(transport.requests.all.isEmpty)
    }

    /// From, to, and the address called for the second; `nil` if it is not called.
    static let redirects: [(String, String, String?)] = [
        ("https://cdn.example/a", "https://other.example/b", "8.8.4.4"),
        ("https://cdn.example/a", "/b", "93.184.216.34"),
        ("https://cdn.example/a", "https://1.1.1.1/b", "1.1.1.1"),
        ("http://cdn.example/a", "http://other.example/b", "8.8.4.4"),
        ("http://cdn.example/a", "https://other.example/b", "8.8.4.4"),
        ("https://cdn.example/a", "http://other.example/b", nil),
        ("https://cdn.example/a", "ftp://other.example/b", nil),
        ("https://cdn.example/a", "file:///etc/passwd", nil),
        ("http://cdn.example/a", "http://169.254.169.254/", nil),
        ("https://cdn.example/a", "https://inner.example/b", nil),
        ("https://cdn.example/a", "https://10.0.0.1/b", nil),
        ("https://cdn.example/a", "https://127.0.0.1/b", nil),
        ("http://cdn.example/a", "http://localhost/b", nil),
        ("https://cdn.example/a", "https://[::1]/b", nil),
        ("https://cdn.example/a", "https://2130706433/b", nil),
        ("https://cdn.example/a", "https://unknown.example/b", nil),
        ("http://127.0.0.1:80/a", "http://127.0.0.1:81/b", "127.0.0.1"),
        ("http://127.0.0.1/a", "http://localhost/b", "127.0.0.1"),
        ("http://127.0.0.1/a", "http://169.254.169.254/", nil),
        ("http://127.0.0.1/a", "http://10.0.0.1/", nil),
        ("http://127.0.0.1/a", "https://cdn.example/b", "93.184.216.34"),
        ("http://inner.example/a", "http://inner2.example/b", "10.0.0.1"),
        ("http://inner.example/a", "http://127.0.0.1/b", nil),
    ]

    @Test(
        "follows no redirect from the public into a private network, and none out of TLS",
        arguments: redirects)
    func redirecting(_ from: String, _ to: String, _ address: String?) async throws {
        let transport = FakeTransport { request, _ in
            request.head.path == "/a"
                ? IncomingReply(302, [.location: to], "") : IncomingReply(200, "picture")
        }
        if let address {
            _ = try await Self.fetch(from, transport)
            #expect(transport.requests.all.count == 2)
            #expect(transport.requests.all.allSatisfy { $0.pinnedAddress != nil })
            #expect(transport.requests.all.last?.pinnedAddress == address)
        } else {
            let error = await Self.failure(from, transport)
            #expect([.result, .transport].contains(error?.category))
            #expect(transport.requests.all.allSatisfy { $0.head.path == "/a" })
        }
    }

    @Test("follows three redirects, not four", arguments: [3, 4])
    func redirectCount(_ count: Int) async throws {
        let transport = FakeTransport { _, number in
            number < count ? IncomingReply(302, [.location: "/\(number)"], "") : IncomingReply(200, "picture")
        }
        if count == 3 {
            _ = try await Self.fetch("https://cdn.example/a", transport)
        } else {
            #expect(await Self.failure("https://cdn.example/a?secret", transport)?.category == .result)
        }
        #expect(transport.requests.all.count == 4)
    }

    #if Client && Emulator
    /// Faults of a download, with the number of requests and the final error.
    static let faults: [(Fault, Int?, Int, ClientError.Category?)] = [
        (.truncate(bytes: 1000), 1, 2, nil), (.truncate(bytes: 1000), nil, 3, .transport),
        (.contentLength(offBy: 10), 1, 2, nil), (.reset(.beforeHeaders), 2, 3, nil),
        (.reset(.inBody), 1, 2, nil),
        (.reset(.inHeaders), nil, 3, .transport),
        (.status(404, retryAfter: nil, accepted: false), nil, 1, .result),
        (.status(503, retryAfter: nil, accepted: false), 2, 3, nil),
        (.status(429, retryAfter: "1", accepted: false), 1, 2, nil),
        (.redirect(location: "http://169.254.169.254/latest/meta-data/"), nil, 1, .result),
        (.contentType("text/html"), nil, 1, nil), (.slowWrite(bytesPerSecond: 1_000_000), nil, 1, nil),
    ]

    @Test("from a provider with faults gives the whole image, or an error", arguments: faults)
    func emulated(_ fault: Fault, _ count: Int?, _ attempts: Int, _ category: ClientError.Category?)
        async throws
    {
        try await Emulator.with { emulator in
            try await AsyncHTTPTransportTests.with { transport in
                var request = OutgoingRequest(
                    .post, emulator.url(.fal) + "/run/fal-ai/bytedance/seedream/v4/text-to-image",
                    Array(#"{"prompt":"a dog","image_size":{"width":1024,"height":1024},"seed":1}"#.utf8))
                request.head.headerFields[.authorization] = "Key fake"
                request.head.headerFields[.contentType] = "application/json"
                let reply = try await ReplyReader(maximum: 1 << 20).read(try await transport.send(request))
                let url = try #require(reply.json?["images"]?[0]?["url"]?.string)
                let whole = Sink()
                _ = try await Self.fetch(url, transport, into: whole)
                #expect(whole.bytes.count > 5000)
                let before = await emulator.requests.count
                await emulator.setFaults([FaultRule("*.download", fault, count: count)])
                let sink = Sink()
                if let category {
                    #expect(await Self.failure(url, transport)?.category == category)
                } else {
                    _ = try await Self.fetch(url, transport, into: sink)
                    #expect(sink.bytes == whole.bytes)
                }
                #expect(await emulator.requests.count == before + attempts)
            }
        }
    }
    #endif
}
