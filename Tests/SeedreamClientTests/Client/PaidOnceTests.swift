#if Client && Emulator
import Foundation
import HTTPTypes
import SeedreamClient
import SeedreamEmulator
import SeedreamModel
import TestSupport
import Testing

@Suite("nothing is bought twice")
struct PaidOnceTests {
    /// A client of an emulator over real connections, and its requests.
    private struct Shop: Sendable {
        let emulator: Emulator
        let transport: AsyncHTTPTransport
        let waits = Recorder<Double>()
        let folder: String

        func client(_ provider: StubProvider) throws -> APIClient {
            var backoff = Backoff()
            let waits = waits
            backoff.sleep = { seconds in
                waits.append(seconds)
                try await Task.sleep(for: .milliseconds(20))
            }
            let id = try #require(EmulatedProvider(rawValue: provider.id.rawValue))
            return APIClient(
                provider: provider, key: APIKey("afk_0000000000000000000000000000000000000000"),
                context: RequestContext(endpoints: .behind(emulator.url(id), provider.id)),
                transport: transport, backoff: backoff, spoolFolder: folder)
        }

        func request(_ path: String, _ operation: APIOperation, _ body: JSONValue) -> APIRequest {
            APIRequest(
                operation: operation, method: .post, url: "http://127.0.0.1:\(emulator.port)/\(path)",
                fields: [.contentType: "application/json"],
                body: RequestBody(bytes: Array(body.text.utf8)))
        }

        /// Submits to fal's queue.
        func submit(readTimeout: Double = 5) async throws -> HTTPReply {
            try await client(StubProvider()).submit(
                request(
                    "fal/queue/fal-ai/bytedance/seedream/v4/text-to-image", .fal(.submit),
                    ["prompt": "a dog", "image_size": ["width": 1024, "height": 1024]]),
                idempotencyKey: "ignored", readTimeout: readTimeout, inlineImages: 0,
                read: StubProvider().success(in:))
        }

        /// Submits to Apiframe, which honours the idempotency key.
        func generate(_ key: String?) async throws -> HTTPReply {
            try await client(.honoring).submit(
                request(
                    "apiframe/v2/images/generate", .apiframe(.generate),
                    ["model": "seedream-4", "prompt": "a dog", "seedreamParams": ["size": "1K", "seed": 7]]),
                idempotencyKey: key, readTimeout: 5, inlineImages: 0, read: StubProvider().success(in:))
        }

        /// Calls OneRouter, with images in the reply.
        func paint(_ operation: APIOperation = .onerouter(.generate)) async throws -> HTTPReply {
            try await client(StubProvider(id: .onerouter)).submit(
                request(
                    "onerouter/v1/images/generations", operation,
                    [
                        "model": "seedream-v4-text-to-image", "prompt": "a dog", "size": "square_hd",
                        "output_format": "b64_json",
                    ]),
                idempotencyKey: nil, readTimeout: 30, inlineImages: 1, read: StubProvider().success(in:))
        }

        func arrivals(_ operation: String) async -> Int {
            await emulator.requests.count { $0.operation == operation }
        }
    }

    private static func with(_ faults: [FaultRule] = [], _ body: (Shop) async throws -> Void) async throws {
        try await Emulator.with { emulator in
            await emulator.setFaults(faults)
            try await AsyncHTTPTransportTests.with {
                let folder = try TemporaryFolder()
                try await body(Shop(emulator: emulator, transport: $0, folder: folder.path))
                withExtendedLifetime(folder) {}
            }
        }
    }

    @Test("a purchase without faults is one request and one entry")
    func plain() async throws {
        try await Self.with { shop in
            let reply = try await shop.submit()
            #expect(reply.json?["status"] == "IN_QUEUE")
            #expect(await shop.emulator.ledger.count == 1)
            #expect(await shop.arrivals("fal.submit") == 1)
        }
    }

    /// Faults after which the outcome is unknown, with the number of purchases.
    static let unknowable: [(Fault, Int)] = [
        (.reset(.duringRequest), 0), (.reset(.beforeHeaders), 0), (.reset(.afterAccept), 1),
        (.reset(.inHeaders), 1), (.reset(.inBody), 1), (.truncate(bytes: 20), 1),
        (.contentLength(offBy: 5), 1),
        (.contentLength(offBy: -5), 1), (.invalidJSON, 1), (.html(status: 200), 0), (.delay(seconds: 3), 0),
        (.oversize(bytes: 2 << 20), 1),
    ]

    @Test(
        "a request that may have been accepted is reported as unknown and never sent again",
        arguments: unknowable)
    func unknown(_ fault: Fault, _ purchases: Int) async throws {
        try await Self.with([FaultRule("fal.submit", fault)]) { shop in
            let error = await #expect(throws: ClientError.self) { try await shop.submit(readTimeout: 1) }
            #expect(error?.purchase == .unknown)
            #expect(error?.isRetryable == false)
            #expect(await shop.arrivals("fal.submit") == 1)
            #expect(await shop.emulator.ledger.count == purchases)
            #expect(shop.waits.all.isEmpty)
        }
    }

    @Test(
        "the status of an error is reported, without a retry",
        arguments: [
            (.status(500, retryAfter: nil, accepted: true), 1),
            (.status(503, retryAfter: "1", accepted: false), 0),
            (.status(504, retryAfter: nil, accepted: true), 1), (.html(status: 502), 0),
            (.status(422, retryAfter: nil, accepted: false), 0),
            (.redirect(location: "http://169.254.169.254/latest/meta-data/"), 1),
            (.answer(status: 307, headers: ["Location": "/elsewhere"], body: ""), 0),
        ] as [(Fault, Int)])
    func statuses(_ fault: Fault, _ purchases: Int) async throws {
        try await Self.with([FaultRule("fal.submit", fault)]) { shop in
            let error = await #expect(throws: ClientError.self) { try await shop.submit() }
            #expect(error?.status != nil)
            #expect(await shop.arrivals("fal.submit") == 1)
            #expect(await shop.emulator.requests.count == 1)
            #expect(await shop.emulator.ledger.count <= purchases)
        }
    }

    @Test("429 is waited for and retried", arguments: ["2", "date:2"])
    func throttled(_ retryAfter: String) async throws {
        let rule = FaultRule("fal.submit", .status(429, retryAfter: retryAfter, accepted: false), count: 2)
        try await Self.with([rule]) { shop in
            let reply = try await shop.submit()
            #expect(reply.isSuccess)
            #expect(await shop.arrivals("fal.submit") == 3)
            #expect(await shop.emulator.ledger.count == 1)
            #expect(shop.waits.all.count == 2)
            // A date has whole seconds, and the provider may have used some of them to reply.
            let least = retryAfter == "2" ? 2.0 : 0
            #expect(shop.waits.all.allSatisfy { (least...4).contains($0) })
        }
    }

    @Test("a closed port is retried, and then nothing was bought")
    func closedPort() async throws {
        try await Self.with { shop in
            await shop.emulator.refuseConnections(seconds: 60)
            let error = await #expect(throws: ClientError.self) { try await shop.submit() }
            #expect(error?.purchase == .notTaken)
            #expect(error?.category == .transport)
            #expect(shop.waits.all.count == 2)
            #expect(await shop.emulator.requests.isEmpty)
        }
    }

    @Test("a port that opens in time gets the request, once")
    func openingPort() async throws {
        try await Self.with { shop in
            await shop.emulator.refuseConnections(seconds: 0.3)
            var policy = RetryPolicy()
            policy.attempts = 40
            var backoff = Backoff(policy)
            backoff.sleep = { _ in try await Task.sleep(for: .milliseconds(50)) }
            let quick = try shop.client(StubProvider())
            let client = APIClient(
                provider: quick.provider, key: quick.key, context: quick.context, transport: shop.transport,
                backoff: backoff, spoolFolder: "/dev/null/none")
            let reply = try await client.submit(
                shop.request(
                    "fal/queue/fal-ai/bytedance/seedream/v4/text-to-image", .fal(.submit),
                    ["prompt": "a dog"]),
                idempotencyKey: nil, readTimeout: 5, inlineImages: 0, read: StubProvider().success(in:))
            #expect(reply.isSuccess)
            #expect(await shop.emulator.ledger.count == 1)
        }
    }

    @Test("a purchase cancelled while the provider works is unknown, and made at most once")
    func cancelled() async throws {
        try await Self.with([FaultRule("fal.submit", .delay(seconds: 5))]) { shop in
            let task = Task { try await shop.submit(readTimeout: 30) }
            try await eventually("the request arrives") { await shop.arrivals("fal.submit") > 0 }
            let began = ContinuousClock.now
            task.cancel()
            let error = await #expect(throws: ClientError.self) { try await task.value }
            #expect(error?.category == .cancelled)
            #expect(error?.purchase == .unknown)
            #expect(began.duration(to: .now) < .seconds(4))
            #expect(await shop.emulator.ledger.count <= 1)
        }
    }

    @Test(
        "with random faults in thirty concurrent purchases, no more are made than reported as possible"
    )
    func storm() async throws {
        let rules = [
            FaultRule("fal.submit", .reset(.afterAccept), probability: 0.2),
            FaultRule("fal.submit", .reset(.beforeHeaders), probability: 0.2),
            FaultRule("fal.submit", .status(429, retryAfter: nil, accepted: false), probability: 0.2),
            FaultRule("fal.submit", .truncate(bytes: 10), probability: 0.1),
        ]
        try await Self.with(rules) { shop in
            let outcomes = await withTaskGroup(of: ClientError.Purchase.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do {
                            return try await shop.submit().isSuccess ? .taken : .notTaken
                        } catch {
                            return (error as? ClientError)?.purchase ?? .unknown
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let bought = await shop.emulator.ledger.count
            let taken = outcomes.count { $0 == .taken }
            #expect(taken <= bought)
            #expect(bought <= taken + outcomes.count { $0 == .unknown })
            #expect(outcomes.contains(.unknown))
            #expect(outcomes.count == 30)
        }
    }

    // MARK: - Idempotency keys

    @Test(
        "an idempotency key recovers from every fault of the server or connection",
        arguments: [
            .reset(.duringRequest), .reset(.beforeHeaders), .reset(.afterAccept), .reset(.inHeaders),
            .reset(.inBody),
            .truncate(bytes: 10), .html(status: 502), .status(500, retryAfter: nil, accepted: true),
            .status(503, retryAfter: nil, accepted: false),
        ] as [Fault])
    func honoredKey(_ fault: Fault) async throws {
        try await Self.with([FaultRule("apiframe.generate", fault, count: 1)]) { shop in
            let reply = try await shop.generate("job-1")
            #expect(reply.json?["jobId"] != nil)
            #expect(await shop.emulator.ledger.count == 1)
            #expect(await shop.arrivals("apiframe.generate") == 2)
        }
        try await Self.with([FaultRule("apiframe.generate", fault, count: 1)]) { shop in
            _ = try? await shop.generate(nil)
            #expect(await shop.arrivals("apiframe.generate") == 1)
        }
    }

    // MARK: - Images inside replies

    @Test("an image in the reply is written to a file")
    func inline() async throws {
        try await Self.with { shop in
            let reply = try await shop.paint()
            let part = try #require(reply.inline.first)
            #expect(reply.location(reply.json?["data"]?[0]?["b64_json"]?.string) == .file(part.path))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: part.path))
            #expect(bytes.count == part.byteCount)
            #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || bytes.starts(with: [0xFF, 0xD8]))
        }
    }

    @Test(
        "a truncated image leaves no file, and an unknown outcome",
        arguments: [.reset(.inBody), .truncate(bytes: 9000), .invalidJSON] as [Fault])
    func brokenInline(_ fault: Fault) async throws {
        try await Self.with([FaultRule("onerouter.generate", fault)]) { shop in
            let error = await #expect(throws: ClientError.self) { try await shop.paint() }
            #expect(error?.purchase == .unknown)
            let names = try FileManager.default.contentsOfDirectory(atPath: shop.folder)
            // A reply that cannot be parsed is kept as received.
            #expect(names.allSatisfy { $0.hasPrefix("reply-") })
            #expect(await shop.emulator.ledger.count == 1)
            #expect(await shop.arrivals("onerouter.generate") == 1)
        }
    }
}
#endif
