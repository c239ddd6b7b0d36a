import HTTPTypes
import SeedreamClient
import SeedreamModel
import TestSupport
import Testing

@Suite("the paid request")
struct SubmitTests {
    private static let post = APIRequest(
        operation: .fal(.submit), method: .post, url: "\(APIClientTests.base)/submit",
        body: RequestBody(bytes: Array("{}".utf8)))

    private static func submit(
        _ transport: FakeTransport, _ provider: StubProvider = StubProvider(), key: String? = "job-1",
        folder: String = "/dev/null/none"
    ) async throws -> HTTPReply {
        try await APIClientTests.client(transport, provider, folder: folder)
            .submit(
                post, idempotencyKey: key, readTimeout: 600, inlineImages: 0,
                read: provider.success(in:))
    }

    private static func failure(
        _ transport: FakeTransport, _ provider: StubProvider = StubProvider(), key: String? = "job-1"
    )
        async -> ClientError?
    {
        await #expect(throws: ClientError.self) { try await submit(transport, provider, key: key) }
    }

    @Test("has its own connection and timeout, and an idempotency key only if it is honoured")
    func request() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        _ = try await Self.submit(transport)
        _ = try await Self.submit(transport, .honoring)
        _ = try await Self.submit(transport, .honoring, key: nil)
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        #expect(transport.requests.all.map { $0.head.headerFields[name] } == [nil, "job-1", nil])
        #expect(transport.requests.all.allSatisfy { $0.needsFreshConnection && $0.readTimeout == 600 })
    }

    @Test("is not sent again if it may have arrived", arguments: TransportError.Kind.allCases)
    func unknown(_ kind: TransportError.Kind) async throws {
        let transport = FakeTransport { _, _ in throw TransportError(kind, mayHaveArrived: true, message: "m")
        }
        let error = await Self.failure(transport)
        #expect(error?.purchase == .unknown)
        #expect(error?.isRetryable == false)
        #expect(transport.requests.all.count == 1)
    }

    @Test("is sent again if it provably did not arrive, and then reports that nothing was bought")
    func notArrived() async throws {
        let transport = FakeTransport { _, number in
            if number < 2 { throw APIClientTests.refused }
            return IncomingReply(200, "{}")
        }
        #expect(try await Self.submit(transport).isSuccess)
        #expect(transport.requests.all.count == 3)
        let closed = FakeTransport { _, _ in throw APIClientTests.refused }
        let error = await Self.failure(closed)
        #expect(error?.purchase == .notTaken)
        #expect(error?.category == .transport)
        #expect(closed.requests.all.count == 3)
    }

    @Test("is sent again after 429, after the wait that the provider asks for, and throws the last 429")
    func throttled() async throws {
        let transport = FakeTransport { _, number in IncomingReply(429, [.retryAfter: "2"], "{}") }
        let waits = Recorder<Double>()
        let error = await #expect(throws: ClientError.self) {
            try await APIClientTests.client(transport, waits: waits)
                .submit(
                    Self.post, idempotencyKey: nil, readTimeout: 600, inlineImages: 0,
                    read: StubProvider().success(in:))
        }
        #expect(error?.status == 429 && error?.purchase == .notTaken)
        #expect(transport.requests.all.count == 3)
        #expect(waits.all == [3, 4])
    }

    @Test(
        "throws any other refusal at once",
        arguments: [400, 401, 402, 403, 404, 408, 409, 413, 422, 500, 501, 502, 503, 504])
    func refused(_ status: Int) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(status, "no") }
        let error = await Self.failure(transport)
        // The stub treats every error as a refusal: nothing was accepted.
        #expect(error?.status == status && error?.purchase == .notTaken)
        #expect(transport.requests.all.count == 1)
    }

    @Test(
        "is unknown if the reply is truncated, with any status",
        arguments: [200, 202, 400, 422, 500, 503])
    func brokenReply(_ status: Int) async throws {
        // Even if the transport says otherwise: a server that replied was reached.
        for mayHaveArrived in [true, false] {
            let lost = TransportError(.connectionLost, mayHaveArrived: mayHaveArrived, message: "lost")
            let transport = FakeTransport { _, _ in
                IncomingReply(status, pieces: [Array("{".utf8)], failing: lost)
            }
            let error = await Self.failure(transport)
            #expect(error?.purchase == .unknown)
            #expect(transport.requests.all.count == 1)
        }
    }

    @Test("is unknown if the reply cannot be parsed", arguments: ["", "<html>", "{\"a\":"])
    func garbled(_ text: String) async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, text) }
        let error = await Self.failure(transport)
        #expect(error?.category == .badReply)
        #expect(error?.purchase == .unknown)
        #expect(transport.requests.all.count == 1)
    }

    @Test("is unknown if its image cannot be written", arguments: [true, false])
    func spool(_ isWritable: Bool) async throws {
        let folder = try TemporaryFolder()
        let text = #"{"data":[{"b64_json":"\#(String(repeating: "QUJD", count: 2000))"}]}"#
        let transport = FakeTransport { _, _ in IncomingReply(200, text) }
        if isWritable {
            let reply = try await Self.submit(transport, folder: folder.path)
            #expect(reply.json == ["data": [["b64_json": "inline:0"]]])
        } else {
            let error = await Self.failure(transport)
            #expect(error?.category == .result)
            #expect(error?.purchase == .unknown)
        }
        #expect(transport.requests.all.count == 1)
    }

    // MARK: - Idempotency keys

    @Test(
        "with an honoured key is sent again after any transient failure, with the same key",
        arguments: [408, 429, 500, 502, 503, 504, 0])
    func honored(_ status: Int) async throws {
        let transport = FakeTransport { _, number in
            if number == 2 { return IncomingReply(202, "{}") }
            if status == 0 { throw APIClientTests.lost }
            return IncomingReply(status, "no")
        }
        #expect(try await Self.submit(transport, .honoring).status == 202)
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        #expect(transport.requests.all.map { $0.head.headerFields[name] } == ["job-1", "job-1", "job-1"])
        // Without the key, once.
        if status != 429 {
            let keyless = FakeTransport(transport.answer)
            _ = try? await Self.submit(keyless, .honoring, key: nil)
            #expect(keyless.requests.all.count == 1)
        }
    }

    @Test(
        "a refusal after an attempt that may have arrived proves nothing",
        arguments: [429, 422, 401, 503])
    func refusedLater(_ status: Int) async throws {
        let transport = FakeTransport { _, number in
            if number == 0 { throw APIClientTests.lost }
            return IncomingReply(status, "no")
        }
        let error = await Self.failure(transport, .honoring)
        #expect(error?.purchase == .unknown)
        #expect(error?.status == status)
        // Nor does a closed port.
        let closed = FakeTransport { _, number in
            throw number == 0 ? APIClientTests.lost : APIClientTests.refused
        }
        #expect(await Self.failure(closed, .honoring)?.purchase == .unknown)
    }

    // MARK: - Cancellation

    @Test("cancelled before it is sent, only throws CancellationError")
    func cancelledBefore() async throws {
        let transport = FakeTransport { _, _ in IncomingReply(200, "{}") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Self.submit(transport)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.all.isEmpty)
    }

    @Test("cancelled after its start, has an unknown outcome", arguments: [true, false])
    func cancelledAfter(_ hasHead: Bool) async throws {
        let transport = FakeTransport { _, _ in
            withUnsafeCurrentTask { $0?.cancel() }
            if hasHead {
                return IncomingReply(200, pieces: [Array("{".utf8)], failing: CancellationError())
            }
            throw CancellationError()
        }
        let task = Task { try await Self.submit(transport) }
        let error = await #expect(throws: ClientError.self) { try await task.value }
        #expect(error?.category == .cancelled)
        #expect(error?.purchase == .unknown)
    }

    @Test("cancelled while it waits after an attempt that did not arrive, only throws CancellationError")
    func cancelledBetween() async throws {
        let transport = FakeTransport { _, _ in
            withUnsafeCurrentTask { $0?.cancel() }
            throw APIClientTests.refused
        }
        let task = Task { try await Self.submit(transport) }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.all.count == 1)
    }
}
