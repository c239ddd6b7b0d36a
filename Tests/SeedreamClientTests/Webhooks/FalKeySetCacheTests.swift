import Cryptography
import HTTPTypes
import SeedreamClient
import SeedreamModel
import Synchronization
import Testing

@Suite("cache of fal's keys")
struct FalKeySetCacheTests {
    /// A clock that the test sets.
    private final class Clock: Sendable {
        private let time = Mutex(FalWebhookSample.time)
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }
        var now: Double { time.withLock { $0 } }
    }

    private let clock = Clock()
    private let good = ScriptedTransport.Answer.reply(200, [FalWebhookSample.keySet])

    private func cache(_ transport: ScriptedTransport, _ endpoints: Endpoints = .standard(.fal))
        -> FalKeySetCache
    {
        FalKeySetCache(transport: transport, endpoints: endpoints, now: { [clock] in clock.now })
    }

    private func verify(_ cache: FalKeySetCache, _ fields: [(String, String)] = FalWebhookSample.fields)
        async throws -> FalWebhook
    {
        try await FalWebhookSample.verifier().verify(fields, body: FalWebhookSample.body, with: cache)
    }

    @Test("fetches the keys once a day, without sending our key")
    func daily() async throws {
        let transport = ScriptedTransport([
            .reply(
                200,
                [String(FalWebhookSample.keySet.prefix(9)), String(FalWebhookSample.keySet.dropFirst(9))])
        ])
        let cache = cache(transport)
        for _ in 0..<3 { _ = try await verify(cache) }
        #expect(transport.requests.count == 1)
        let request = try #require(transport.requests.first)
        #expect(request.method == .get && request.scheme == "https" && request.authority == "rest.fal.ai")
        #expect(request.path == "/.well-known/jwks.json")
        #expect(request.headerFields[.authorization] == nil)
        clock.advance(86_399)
        _ = try await cache.keys()
        #expect(transport.requests.count == 1)
        clock.advance(1)
        _ = try await cache.keys()
        #expect(transport.requests.count == 2)
        clock.advance(-10)
        _ = try await cache.keys()
        #expect(transport.requests.count == 3)
    }

    @Test("uses the given address")
    func address() async throws {
        let transport = ScriptedTransport([good])
        _ = try await cache(transport, .behind("http://127.0.0.1:8080/fal", .fal)).keys()
        #expect(transport.requests.first?.authority == "127.0.0.1:8080")
        #expect(transport.requests.first?.path == "/fal/rest/.well-known/jwks.json")
        await #expect(throws: ClientError.self) { _ = try await cache(transport, Endpoints(api: "x")).keys() }
    }

    @Test("fetches once for many simultaneous requests")
    func together() async throws {
        let transport = ScriptedTransport([good])
        let cache = cache(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await cache.keys() } }
            try await group.waitForAll()
        }
        #expect(transport.requests.count == 1)
    }

    @Test("fetches again if no key made the signature: a new key is found")
    func rotation() async throws {
        let old = try SigningKey(seed: Array(0..<32))
        let transport = ScriptedTransport([
            .reply(200, [FalWebhookSample.keySet(of: [old])]), good,
        ])
        let cache = cache(transport)
        _ = try await cache.keys()
        clock.advance(60)
        _ = try await verify(cache)
        #expect(transport.requests.count == 2)
    }

    @Test("fetches at most once a minute, even if a lot of junk is posted")
    func junk() async throws {
        let transport = ScriptedTransport([good])
        let cache = cache(transport)
        let zeros = String(repeating: "0", count: 128)
        let junk = FalWebhookSample.fields("Signature") { _ in zeros }
        for _ in 0..<5 {
            await #expect(throws: WebhookError.badSignature) { _ = try await verify(cache, junk) }
        }
        #expect(transport.requests.count == 1)
        clock.advance(60)
        for _ in 0..<5 {
            await #expect(throws: WebhookError.badSignature) { _ = try await verify(cache, junk) }
        }
        #expect(transport.requests.count == 2)
        clock.advance(59)
        await #expect(throws: WebhookError.badSignature) { _ = try await verify(cache, junk) }
        #expect(transport.requests.count == 2)
    }

    @Test("fetches at most once a minute for junk while fal's server is down")
    func down() async throws {
        let transport = ScriptedTransport([good, .reply(503, [])])
        let cache = cache(transport)
        _ = try await cache.keys()
        clock.advance(61)
        let zeros = String(repeating: "0", count: 128)
        let junk = FalWebhookSample.fields("Signature") { _ in zeros }
        await #expect(throws: ClientError.self) { _ = try await verify(cache, junk) }
        await #expect(throws: WebhookError.badSignature) { _ = try await verify(cache, junk) }
        // Webhooks signed with the existing keys are still accepted.
        _ = try await verify(cache)
        #expect(transport.requests.count == 2)
    }

    @Test("fetches nothing for malformed or stale webhooks")
    func nothing() async throws {
        let transport = ScriptedTransport([good])
        let cache = cache(transport)
        let unsigned = FalWebhookSample.fields("Signature") { _ in nil }
        await #expect(throws: WebhookError.self) { _ = try await verify(cache, unsigned) }
        let old = FalWebhookSample.verifier(at: FalWebhookSample.time + 301)
        await #expect(throws: WebhookError.self) {
            _ = try await old.verify(FalWebhookSample.fields, body: FalWebhookSample.body, with: cache)
        }
        #expect(transport.requests.isEmpty)
    }

    @Test("accepts HTTPFields, and reports if there is no key")
    func noKeys() async throws {
        let cache = cache(ScriptedTransport([.reply(200, [#"{"keys":[]}"#])]))
        var fields: HTTPFields = [:]
        for (name, value) in FalWebhookSample.fields {
            fields[try #require(HTTPField.Name(name))] = value
        }
        let verifier = FalWebhookSample.verifier()
        await #expect(throws: WebhookError.noKey) {
            _ = try await verifier.verify(fields, body: FalWebhookSample.body, with: cache)
        }
    }

    @Test("reports why there are no keys, and tries again the next time")
    func failures() async throws {
        let lost = TransportError(.connect, mayHaveArrived: false, message: "nobody answers")
        let late = TransportError(.timeout, mayHaveArrived: true, message: "too late")
        let transport = ScriptedTransport([
            .failure(lost), .failure(late), .reply(500, ["{}"]), .reply(302, []), .reply(200, ["<html>"]),
            .reply(200, [String](repeating: String(repeating: " ", count: 40_000), count: 2)), good,
        ])
        let cache = cache(transport)
        for category in [
            ClientError.Category.transport, .timeout, .provider, .provider, .badReply, .badReply,
        ] {
            let error = await #expect(throws: ClientError.self) { _ = try await cache.keys() }
            #expect(error?.category == category && error?.operation == "fal.jwks")
            #expect(error?.purchase == .notTaken)
        }
        #expect(try await cache.keys().keys.count == 1)
    }
}
