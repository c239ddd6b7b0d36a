import Cryptography
import HTTPTypes
import SeedreamClient
import SeedreamModel
import Testing

@Suite("webhooks of Apiframe")
struct ApiframeWebhookTests {
    private static let key = "afk_0000000000000000000000000000000000000000"
    private static let body = Array(#"{"jobId":"abc","status":"COMPLETED"}"#.utf8)
    /// Computed with the algorithm of the provider's own library.
    private static let signature = "58e6d7af820911d918b1b43ade255ec260002ca8b24ba46dd057a99d192c89f4"

    private let verifier: ApiframeWebhookVerifier

    init() throws { verifier = ApiframeWebhookVerifier(key: try #require(APIKey(Self.key))) }

    /// Signs a body as the provider does, and reads it.
    private func read(_ text: String) throws(WebhookError) -> ApiframeWebhook {
        let body = Array(text.utf8)
        let code = MessageAuthenticationCode.sha256(body, key: SHA256Digest(Array(Self.key.utf8)).bytes)
        return try verifier.verify(signature: "sha256=" + Hexadecimal.text(code), body: body)
    }

    @Test(
        "the vector is accepted, with and without its prefix, in upper and lower case",
        arguments: ["sha256=\(signature)", signature, "sha256=\(signature.uppercased())"])
    func vector(_ text: String) throws {
        let webhook = try verifier.verify(signature: text, body: Self.body)
        #expect(webhook.jobID == "abc")
        #expect(webhook.status == "COMPLETED")
        #expect(webhook.event == .completed)
        #expect(webhook.result == nil)
        let fields: HTTPFields = [
            try #require(HTTPField.Name("X-Webhook-Signature")): text, .contentType: "application/json",
        ]
        #expect(try verifier.verify(fields, body: Self.body) == webhook)
        #expect(try verifier.verify([("x-WEBHOOK-signature", text)], body: Self.body) == webhook)
    }

    @Test("one changed bit of the body, the signature or the key is refused")
    func mutations() throws {
        for index in Self.body.indices {
            var body = Self.body
            body[index] ^= 1
            #expect(throws: WebhookError.badSignature) {
                try verifier.verify(signature: Self.signature, body: body)
            }
        }
        let bytes = try #require(Hexadecimal.bytes(Self.signature))
        for index in 0..<256 {
            var changed = bytes
            changed[index / 8] ^= 1 << (index % 8)
            #expect(throws: WebhookError.badSignature) {
                try verifier.verify(signature: Hexadecimal.text(changed), body: Self.body)
            }
        }
        let other = ApiframeWebhookVerifier(key: try #require(APIKey(Self.key + "1")))
        #expect(throws: WebhookError.badSignature) {
            try other.verify(signature: Self.signature, body: Self.body)
        }
        #expect(throws: WebhookError.badSignature) {
            try verifier.verify(signature: Self.signature, body: Self.body + [0x20])
        }
    }

    @Test(
        "an invalid signature is refused",
        arguments: [
            "", "sha256=", String(signature.dropLast()), String(signature.dropLast(2)), signature + "00",
            "sha1=\(signature)", "sha256=sha256=\(signature)", " \(signature)", "\(signature), \(signature)",
        ])
    func notASignature(_ text: String) {
        #expect(throws: WebhookError.badSignature) {
            try verifier.verify(signature: text, body: Self.body)
        }
    }

    @Test("the field must be present, and only once")
    func fields() {
        #expect(throws: WebhookError.missingHeader("X-Webhook-Signature")) {
            try verifier.verify([("X-Webhook-Event", "completed")], body: Self.body)
        }
        #expect(throws: WebhookError.malformed("expected one header field X-Webhook-Signature, found 2")) {
            try verifier.verify(
                [("X-Webhook-Signature", Self.signature), ("x-webhook-signature", Self.signature)],
                body: Self.body)
        }
    }

    @Test(
        "a completed job has its images and cost, in both forms of the result and names of the event"
    )
    func completed() throws {
        for name in ["event", "type"] {
            for result in [#"{"images":["https://cdn2.test/1.png"]}"#, #""https://cdn2.test/1.png""#] {
                let webhook = try read(
                    #"{"\#(name)":"completed","jobId":"abc","status":"COMPLETED","progress":100,"result":\#(result),"model":"seedream-4","creditCost":3,"completedAt":"2026-05-01T00:00:40.000Z"}"#
                )
                #expect(webhook.event == .completed)
                #expect(webhook.progress == 1)
                #expect(webhook.creditCost == 3)
                #expect(webhook.result?.images == [GeneratedImage(location: .url("https://cdn2.test/1.png"))])
                #expect(webhook.result?.usage.credits == 3)
                #expect(webhook.error == nil)
            }
        }
    }

    @Test("a failed job gives the reason, and was not bought")
    func failed() throws {
        let webhook = try read(
            #"{"event":"failed","jobId":"abc","status":"FAILED","error":"Provider returned an error: content policy violation"}"#
        )
        #expect(webhook.event == .failed)
        #expect(webhook.error?.category == .moderation)
        #expect(webhook.error?.purchase == .notTaken)
        #expect(webhook.error?.requestID == "abc")
        #expect(webhook.result == nil)
    }

    @Test("progress and unknown events are distinguished")
    func events() throws {
        let progress = try read(#"{"event":"progress","jobId":"abc","status":"PROCESSING","progress":25}"#)
        #expect(progress.event == .progress)
        #expect(progress.progress == 0.25)
        #expect(try read(#"{"event":"paused","jobId":"abc"}"#).event == .other("paused"))
        #expect(try read(#"{"jobId":"abc","status":"FAILED"}"#).event == .failed)
        #expect(try read(#"{"jobId":"abc"}"#).event == .progress)
    }

    @Test(
        "a signed body that is not a job is malformed",
        arguments: ["", "[]", "{", "{}", #"{"jobId":7}"#, #"{"jobId":""}"#])
    func malformed(_ text: String) {
        let error = #expect(throws: WebhookError.self) { try read(text) }
        guard case .malformed? = error else {
            Issue.record("expected malformed, found \(String(describing: error))")
            return
        }
    }

    @Test("a verifier does not print its secret")
    func redaction() {
        var text = ""
        dump(verifier, to: &text)
        text += "\(verifier)" + String(reflecting: verifier)
        #expect(!text.contains("["))
        #expect(!text.contains(Self.key))
        #expect(text.contains("ApiframeWebhookVerifier(redacted)"))
    }
}
