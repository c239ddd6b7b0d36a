import HTTPTypes
import Logging
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("calls to an API")
struct APIClientTests {
    static let base = "https://api.example"
    static let lost = TransportError(.connectionLost, mayHaveArrived: true, message: "api.example: lost")
    static let refused = TransportError(.connect, mayHaveArrived: false, message: "api.example: refused")

    /// Returns a client that records its waits instead of sleeping.
    static func client(
        _ transport: any HTTPTransport, _ provider: StubProvider = StubProvider(), base: String = base,
        waits: Recorder<Double> = Recorder(), policy: RetryPolicy = RetryPolicy(),
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        folder: String = "/dev/null/none"
    ) -> APIClient {
        var backoff = Backoff(policy)
        backoff.draw = { $0 }
        backoff.sleep = { seconds in
            try Task.checkCancellation()
            waits.append(seconds)
        }
        return APIClient(
            provider: provider, key: APIKey("key-of-the-account"),
            context: RequestContext(endpoints: Endpoints(api: base)), transport: transport,
            backoff: backoff, logger: logger, spoolFolder: folder)
    }

    static func get(_ path: String = "/status?logs=1", at base: String = base, isKeyed: Bool = true)
        -> APIRequest
    {
        APIRequest(operation: .fal(.status), method: .get, url: base + path, isKeyed: isKeyed)
    }

    // MARK: - Free calls

    @Test(
        "transient failures are tried three times, permanent ones once",
        arguments: [
            (200, 1), (202, 1), (302, 1), (400, 1), (401, 1), (404, 1), (409, 1), (422, 1), (501, 1),
            (505, 1), (408, 3),
            (429, 3), (500, 3), (502, 3), (503, 3), (504, 3),
        ])
    func statuses(_ status: Int, _ attempts: Int) async throws {
        let transport = FakeTransport { _, number in IncomingReply(status, "\(number)") }
        let waits = Recorder<Double>()
        let reply = try await Self.client(transport, waits: waits).call(Self.get())
        #expect(reply.status == status)
        #expect(reply.text == "\(attempts - 1)")
        #expect(transport.requests.all.count == attempts)
        #expect(waits.all == (attempts == 1 ? [] : status == 429 ? [1, 2] : [0.5, 1]))
    }

    @Test(
        "a failed connection is retried; one that cannot succeed is not",
        arguments: TransportError.Kind.allCases, [true, false])
    func connections(_ kind: TransportError.Kind, _ mayHaveArrived: Bool) async throws {
        let error = TransportError(kind, mayHaveArrived: mayHaveArrived, message: "m")
        let transport = FakeTransport { _, number in
            if number < 2 { throw error }
            return IncomingReply(200, "{}")
        }
        let client = Self.client(transport)
        if [.tooLarge, .forbiddenAddress, .malformed].contains(kind) {
            let thrown = await #expect(throws: ClientError.self) { try await client.call(Self.get()) }
            #expect(thrown?.purchase == .notTaken)
            #expect(transport.requests.all.count == 1)
        } else {
            #expect(try await client.call(Self.get()).status == 200)
            #expect(transport.requests.all.count == 3)
        }
    }

    @Test("a truncated reply is requested again")
    func brokenReply() async throws {
        let transport = FakeTransport { _, number in
            IncomingReply(200, pieces: [Array("{}".utf8)], failing: number < 1 ? Self.lost : nil)
        }
        #expect(try await Self.client(transport).call(Self.get()).json == [:])
        #expect(transport.requests.all.count == 2)
    }

    @Test("after the last attempt the error names the failure and reports that nothing was bought")
    func lastAttempt() async throws {
        let transport = FakeTransport { _, _ in throw Self.refused }
        let error = await #expect(throws: ClientError.self) {
            try await Self.client(transport).call(Self.get())
        }
        #expect(error?.category == .transport)
        #expect(error?.purchase == .notTaken)
        #expect(error?.isRetryable == true)
        #expect(error?.description == "fal.status: api.example: refused")
    }

    @Test(
        "waits as long as the provider asks, up to a limit",
        arguments: [
            ("7", [8.0, 9], 3), ("0", [1, 2], 3), ("120", [121, 122], 3), ("121", [], 1),
            ("1000000000", [], 1),
            ("-5", [1, 2], 3), ("soon", [1, 2], 3),
        ])
    func retryAfter(_ text: String, _ expected: [Double], _ attempts: Int) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(429, [.retryAfter: text], "") }
        let waits = Recorder<Double>()
        _ = try await Self.client(transport, waits: waits).call(Self.get())
        #expect(transport.requests.all.count == attempts)
        #expect(waits.all == expected)
    }

    @Test("an empty budget ends the retries of all calls")
    func budget() async throws {
        var policy = RetryPolicy()
        policy.budget = 12
        let transport = FakeTransport { _, _ in IncomingReply(503, "") }
        let client = Self.client(transport, policy: policy)
        _ = try await client.call(Self.get())
        #expect(transport.requests.all.count == 3)
        _ = try await client.call(Self.get())
        #expect(transport.requests.all.count == 4)
    }

    @Test("cancelling between attempts throws CancellationError")
    func cancelledBetween() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(503, "") }
        let task = Task {
            var backoff = Backoff()
            backoff.sleep = { _ in
                withUnsafeCurrentTask { $0?.cancel() }
                try Task.checkCancellation()
            }
            let client = Self.client(transport)
            return try await APIClient(
                provider: client.provider, key: nil, context: client.context, transport: transport,
                backoff: backoff, spoolFolder: "/dev/null/none"
            ).call(Self.get())
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.all.count == 1)
    }

    // MARK: - The key

    @Test("send the user agent, and the key in its field")
    func fields() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        let client = Self.client(transport)
        _ = try await client.call(Self.get())
        var other = Self.get()
        other.fields[.accept] = "text/plain"
        other.isKeyed = false
        other.url = "https://elsewhere.example/put?signature=1"
        _ = try await client.call(other)
        let fields = transport.requests.all.map(\.head.headerFields)
        #expect(fields.map { $0[.authorization] } == ["Key key-of-the-account", nil])
        let userAgent = "seedreamkit/\(SeedreamVersion.current)"
        #expect(fields.map { $0[.userAgent] } == [userAgent, userAgent])
        #expect(fields.map { $0[.accept] } == ["application/json", "text/plain"])
        #expect(transport.requests.all.allSatisfy { !$0.needsFreshConnection && $0.readTimeout == 60 })
        #expect(transport.requests.all.map(\.head.path) == ["/status?logs=1", "/put?signature=1"])
    }

    @Test(
        "never send the key to another origin",
        arguments: [
            "https://evil.example/x", "https://api.example.evil.example/", "https://api.example:8443/",
            "http://api.example/",
            "https://api.example@evil.example/", "ftp://api.example/", "https://API.example.:443/",
        ])
    func foreignOrigin(_ url: String) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        let request = Self.get("", at: url)
        let client = Self.client(transport)
        let called = await #expect(throws: ClientError.self) { try await client.call(request) }
        let submitted = await #expect(throws: ClientError.self) {
            try await client.submit(
                request, idempotencyKey: nil, readTimeout: 1, inlineImages: 0,
                read: StubProvider().success(in:))
        }
        for error in [called, submitted] {
            #expect([.credentials, .badReply].contains(error?.category))
            #expect(error?.purchase == .notTaken)
            #expect(error?.description.contains("key-of-the-account") == false)
        }
        #expect(transport.requests.all.isEmpty)
    }

    @Test(
        "send the key over plain http only to this machine",
        arguments: [
            ("http://127.0.0.1:8080", true), ("http://localhost:8080", true), ("http://[::1]:8080", true),
            ("http://10.0.0.1:8080", false), ("http://127.0.0.1.example", false), ("http://127.a.b.c", false),
            ("http://gateway", false), ("https://gateway", true),
        ])
    func plainHTTP(_ base: String, _ isAllowed: Bool) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        let client = Self.client(transport, base: base)
        let request = Self.get("/x", at: base)
        if isAllowed {
            #expect(try await client.call(request).status == 200)
        } else {
            let error = await #expect(throws: ClientError.self) { try await client.call(request) }
            #expect(error?.category == .credentials)
            #expect(error?.message.hasSuffix("in the clear: use https") == true)
            #expect(transport.requests.all.isEmpty)
            // Without a key, plain http is allowed.
            #expect(try await client.call(Self.get("/x", at: base, isKeyed: false)).status == 200)
        }
    }

    @Test("log one line per attempt, without key, query, fields or body")
    func log() async throws {
        let recorder = LogRecorder()
        let id = try #require(HTTPField.Name("x-fal-request-id"))
        let transport = FakeTransport { _, number in
            switch number {
            case 0: throw Self.lost
            case 1: IncomingReply(503, "private words")
            default: IncomingReply(200, [id: "764cabcf"], #"{"private":"words"}"#)
            }
        }
        var request = Self.get("/status?secret=query")
        request.method = .put
        request.body = RequestBody(bytes: Array("private body".utf8))
        _ = try await Self.client(transport, logger: recorder.logger).call(request)
        let lines = recorder.lines.all
        #expect(lines.map(\.level) == [.info, .info, .debug])
        let texts = lines.map { $0.text.replacing(/ms=\d+/, with: "ms=N") }
        #expect(
            texts == [
                "failed attempt=1 error=api.example: lost ms=N operation=fal.status",
                "answered attempt=2 ms=N operation=fal.status status=503",
                "answered attempt=3 ms=N operation=fal.status request=764cabcf status=200",
            ])
    }

    @Test("write the images of a reply to files")
    func inline() async throws {
        let folder = try TemporaryFolder()
        let text = #"{"images":[{"url":"data:image/png;base64,\#(String(repeating: "QUJD", count: 2000))"}]}"#
        let transport = FakeTransport { _, _ in IncomingReply(200, text) }
        let client = Self.client(transport, folder: folder.path)
        let reply = try await client.call(Self.get(), inlineImages: 1)
        #expect(reply.json == ["images": [["url": "inline:0"]]])
        #expect(reply.inline.map(\.contentType) == ["image/png"])
    }
}
