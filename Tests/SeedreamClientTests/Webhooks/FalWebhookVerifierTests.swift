import Cryptography
import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("webhooks of fal")
struct FalWebhookVerifierTests {
    private func verify(
        _ fields: [(String, String)] = FalWebhookSample.fields, _ body: [UInt8] = FalWebhookSample.body,
        at time: Double = FalWebhookSample.time
    ) throws(WebhookError) -> FalWebhook {
        let keys: FalKeySet
        do { keys = try FalWebhookSample.keys() } catch { preconditionFailure("\(error)") }
        return try FalWebhookSample.verifier(at: time).verify(fields, body: body, with: keys)
    }

    private func expect(
        _ error: WebhookError, _ fields: [(String, String)], _ body: [UInt8] = FalWebhookSample.body,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = #expect(throws: WebhookError.self, sourceLocation: sourceLocation) {
            try verify(fields, body)
        }
        #expect(found == error, sourceLocation: sourceLocation)
    }

    @Test("with a valid signature are accepted and read")
    func vector() throws {
        #expect(FalWebhookSample.body.count == 213)
        let webhook = try verify()
        #expect(
            webhook.requestID == FalWebhookSample.requestID
                && webhook.gatewayRequestID == FalWebhookSample.requestID)
        #expect(webhook.status == .ok && webhook.error == nil && webhook.failure == nil)
        #expect(webhook.userID == "github|123" && webhook.timestamp == 1_760_000_000)
        #expect(
            webhook.result?.images
                == [GeneratedImage(location: .url("https://v3.fal.media/files/b/0a8c9d5e/x.png"))])
        #expect(webhook.result?.seed == 1 && webhook.result?.requestID == webhook.requestID)
        #expect(webhook.payload?["seed"] == 1)
    }

    @Test("are accepted with header names in any case, and with HTTPFields")
    func fields() throws {
        _ = try verify(FalWebhookSample.fields.map { ($0.0.lowercased(), $0.1) })
        _ = try verify(FalWebhookSample.fields("Signature") { $0.uppercased() })
        var fields: HTTPFields = [:]
        for (name, value) in FalWebhookSample.fields {
            fields[try #require(HTTPField.Name(name))] = value
        }
        let webhook = try FalWebhookSample.verifier().verify(
            fields, body: FalWebhookSample.body, with: FalWebhookSample.keys())
        #expect(webhook.requestID == FalWebhookSample.requestID)
    }

    @Test("are refused with any bit of the body changed")
    func body() {
        for bit in 0..<FalWebhookSample.body.count * 8 {
            var body = FalWebhookSample.body
            body[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: WebhookError.badSignature) { try verify(FalWebhookSample.fields, body) }
        }
        expect(.badSignature, FalWebhookSample.fields, FalWebhookSample.body + [0x0A])
        expect(.badSignature, FalWebhookSample.fields, [])
    }

    @Test("are refused with any bit of the signature changed")
    func signature() throws {
        let text = try #require(FalWebhookSample.fields.last?.1)
        let bytes = try #require(Hexadecimal.bytes(text))
        for bit in 0..<512 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            expect(.badSignature, FalWebhookSample.fields("Signature") { _ in Hexadecimal.text(changed) })
        }
    }

    @Test("are refused with any bit of a header field changed", arguments: ["Request-Id", "User-Id"])
    func texts(_ name: String) throws {
        let value = try #require(
            FalWebhookSample.fields.first { $0.0 == "X-Fal-Webhook-\(name)" }?.1)
        for bit in 0..<value.utf8.count * 8 where bit % 8 < 7 {
            var changed = Array(value.utf8)
            changed[bit / 8] ^= 1 << (bit % 8)
            let error = #expect(throws: WebhookError.self) {
                try verify(FalWebhookSample.fields(name) { _ in String(decoding: changed, as: UTF8.self) })
            }
            let isPrintable = changed.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            #expect(isPrintable == (error == .badSignature))
        }
    }

    @Test("are refused with another time, and with another key")
    func timeAndKey() throws {
        expect(.badSignature, FalWebhookSample.fields("Timestamp") { _ in "1760000001" })
        expect(.badSignature, FalWebhookSample.fields("Timestamp") { _ in "01760000000" })
        let key = try #require(try FalWebhookSample.keys().keys.first)
        for bit in 0..<256 {
            var changed = key
            changed[bit / 8] ^= 1 << (bit % 8)
            let error = #expect(throws: WebhookError.self) {
                try FalWebhookSample.verifier().verify(
                    FalWebhookSample.fields, body: FalWebhookSample.body,
                    with: FalKeySet(publicKeys: [changed]))
            }
            #expect(error == .badSignature)
        }
    }

    @Test("are accepted up to 300 s before and after their time")
    func window() throws {
        for age in [-300.0, 0, 300] { _ = try verify(at: FalWebhookSample.time + age) }
        for age in [-300.5, 300.5, 1e9] {
            let error = #expect(throws: WebhookError.self) { try verify(at: FalWebhookSample.time + age) }
            #expect(error == .stale(age: age, maximum: 300))
        }
    }

    @Test("need each of their header fields", arguments: ["Request-Id", "User-Id", "Timestamp", "Signature"])
    func missing(_ name: String) {
        expect(.missingHeader("X-Fal-Webhook-\(name)"), FalWebhookSample.fields(name) { _ in nil })
    }

    @Test(
        "have each of their header fields once",
        arguments: ["Request-Id", "User-Id", "Timestamp", "Signature"])
    func twice(_ name: String) {
        expect(
            .malformed("expected one header field X-Fal-Webhook-\(name), found 2"),
            FalWebhookSample.fields + [("x-fal-webhook-\(name)", "x")])
    }

    @Test(
        "have readable header fields",
        arguments: [
            ("Timestamp", "now"), ("Timestamp", "-1760000000"), ("Timestamp", "1760000000.0"),
            ("Timestamp", "99999999999999999999"), ("Timestamp", ""), ("Signature", "00"),
            ("Signature", String(repeating: "0", count: 126)),
            ("Signature", String(repeating: "g", count: 128)),
            ("User-Id", "a\nb"), ("Request-Id", ""),
        ])
    func malformed(_ name: String, _ value: String) {
        let error = #expect(throws: WebhookError.self) {
            try verify(FalWebhookSample.fields(name) { _ in value })
        }
        guard case .malformed(let text) = error else {
            Issue.record("expected a malformed field, found \(String(describing: error))")
            return
        }
        #expect(text.contains("X-Fal-Webhook-\(name)"))
    }

    @Test("do not allow a line break to move from one signed part to the next")
    func lineBreaks() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let keys = FalKeySet(publicKeys: [key.publicKey])
        let (fields, body) = try FalWebhookSample.signed(
            #"{"request_id":"a","status":"OK"}"#, user: "b", by: key)
        _ = try FalWebhookSample.verifier().verify(fields, body: body, with: keys)
        // The same signed text, split in another place.
        let moved = fields.map { pair in
            switch pair.0 {
            case "X-Fal-Webhook-Request-Id": (pair.0, "\(FalWebhookSample.requestID)\nb")
            case "X-Fal-Webhook-User-Id": (pair.0, "1760000000")
            default: pair
            }
        }
        #expect(throws: WebhookError.self) {
            try FalWebhookSample.verifier().verify(moved, body: body, with: keys)
        }
    }

    @Test("need a key, and try every one")
    func keys() throws {
        let verifier = FalWebhookSample.verifier()
        let none = #expect(throws: WebhookError.self) {
            try verifier.verify(
                FalWebhookSample.fields, body: FalWebhookSample.body, with: FalKeySet(publicKeys: []))
        }
        #expect(none == .noKey)
        let others = try (0..<3).map { try SigningKey(seed: [UInt8](repeating: $0, count: 32)).publicKey }
        let all = FalKeySet(publicKeys: others + (try FalWebhookSample.keys().keys))
        _ = try verifier.verify(FalWebhookSample.fields, body: FalWebhookSample.body, with: all)
    }

    @Test("report a failed job as the job's status does")
    func failedJob() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let (fields, body) = try FalWebhookSample.signed(
            """
            {"request_id":"r","gateway_request_id":"g","status":"ERROR","error":"Invalid status code: 422",
             "payload":{"detail":[{"loc":["body","prompt"],"msg":"flagged","type":"content_policy_violation"}]}}
            """, by: key)
        let webhook = try FalWebhookSample.verifier().verify(
            fields, body: body, with: FalKeySet(publicKeys: [key.publicKey]))
        #expect(webhook.status == .error && webhook.error == "Invalid status code: 422")
        #expect(webhook.result == nil && webhook.gatewayRequestID == "g")
        #expect(webhook.failure?.category == .moderation && webhook.failure?.field == "body.prompt")
        #expect(webhook.failure?.message == "flagged" && webhook.failure?.requestID == "r")
    }

    @Test("report an oversized result, and unknown words")
    func noPayload() throws {
        let key = try SigningKey(seed: Array(0..<32))
        let keys = FalKeySet(publicKeys: [key.publicKey])
        let (fields, body) = try FalWebhookSample.signed(
            #"{"request_id":"r","status":"OK","payload":null,"payload_error":"not serializable"}"#, by: key)
        let webhook = try FalWebhookSample.verifier().verify(fields, body: body, with: keys)
        #expect(webhook.payload == nil && webhook.payloadError == "not serializable" && webhook.result == nil)
        let other = try FalWebhookSample.signed(#"{"request_id":"r","status":"LATER"}"#, by: key)
        #expect(
            try FalWebhookSample.verifier().verify(other.fields, body: other.body, with: keys).status
                == .other("LATER"))
    }

    @Test(
        "are malformed even if signed",
        arguments: ["", "[]", "{", #"{"status":"OK"}"#, #"{"request_id":"r"}"#])
    func notJSON(_ text: String) throws {
        let key = try SigningKey(seed: Array(0..<32))
        let (fields, body) = try FalWebhookSample.signed(text, by: key)
        let error = #expect(throws: WebhookError.self) {
            try FalWebhookSample.verifier().verify(
                fields, body: body, with: FalKeySet(publicKeys: [key.publicKey]))
        }
        guard case .malformed = error else {
            Issue.record("expected a malformed body, found \(String(describing: error))")
            return
        }
    }

    @Test("are accepted once, and once more after their processing failed")
    func replays() throws {
        let verifier = FalWebhookSample.verifier(replays: WebhookReplayGuard())
        let keys = try FalWebhookSample.keys()
        func verify(_ fields: [(String, String)] = FalWebhookSample.fields) throws -> FalWebhook {
            try verifier.verify(fields, body: FalWebhookSample.body, with: keys)
        }
        // Unsigned webhooks are not remembered.
        let zeros = String(repeating: "0", count: 128)
        #expect(throws: WebhookError.badSignature) {
            try verify(FalWebhookSample.fields("Signature") { _ in zeros })
        }
        let webhook = try verify()
        #expect(throws: WebhookError.replayed) { try verify() }
        #expect(throws: WebhookError.replayed) {
            try verify(FalWebhookSample.fields("Signature") { $0.uppercased() })
        }
        verifier.forget(webhook)
        _ = try verify()
        #expect(throws: WebhookError.replayed) { try verify() }
    }

    @Test(
        "state what was expected and found, in one line",
        arguments: [
            (
                WebhookError.missingHeader("X-Fal-Webhook-Signature"),
                "expected the header field X-Fal-Webhook-Signature, found none"
            ),
            (.stale(age: 301, maximum: 300), "expected a webhook signed at most 300 s ago, found 301 s"),
            (
                .stale(age: -400, maximum: 300),
                "expected a webhook signed at most 300 s ahead of this clock, found 400 s"
            ), (.badSignature, "the signature matches none of the keys, or belongs to another message"),
            (.noKey, "expected a key to verify with, found none"),
            (.replayed, "the webhook was received before"),
            (.malformed("x"), "x"),
        ])
    func messages(_ error: WebhookError, _ text: String) {
        #expect(error.description == text)
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}
