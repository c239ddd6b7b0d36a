#if Emulator
import SeedreamModel
import Cryptography
import SeedreamEmulator
import TestSupport
import Testing

@Suite("emulated Apiframe: webhooks")
struct ApiframeWebhookTests {
    /// Returns `X-Webhook-Signature` as the SDK computes it.
    private func signature(_ delivery: WebhookReceiver.Delivery) -> String {
        let secret = SHA256Digest(Array(Apiframe.key.utf8)).bytes
        return "sha256=" + Hexadecimal.text(MessageAuthenticationCode.sha256(delivery.body, key: secret))
    }

    private func with(
        _ statuses: [Int] = [200], _ body: (RunningEmulator, WebhookReceiver) async throws -> Void
    ) async throws {
        let receiver = try WebhookReceiver(statuses: statuses)
        defer { receiver.stop() }
        try await RunningEmulator.with({ $0.generationTime = 0.2 }) { try await body($0, receiver) }
    }

    @Test("signs like the vector of the wire contract")
    func vector() {
        let secret = SHA256Digest(Array(Apiframe.key.utf8)).bytes
        let body = Array(#"{"jobId":"abc","status":"COMPLETED"}"#.utf8)
        #expect(
            Hexadecimal.text(MessageAuthenticationCode.sha256(body, key: secret))
                == "58e6d7af820911d918b1b43ade255ec260002ca8b24ba46dd057a99d192c89f4")
    }

    @Test("posts progress and the end, in this order, signed")
    func completed() async throws {
        try await with { emulator, receiver in
            let submitted = try await emulator.generate(
                Apiframe.body(
                    [:],
                    [
                        "webhookUrl": .string(receiver.url),
                        "webhookEvents": ["progress", "completed", "failed"],
                    ]))
            let id = try #require(try submitted.json["jobId"])
            let before = try await emulator.apiframe("GET", "jobs/\(id.string ?? "")").json
            #expect(before["webhookStatus"] == "pending")
            let deliveries = try await receiver.wait(for: 4)
            for delivery in deliveries {
                #expect(delivery.path == "/hook?a=1&b=2")
                #expect(delivery.headers["content-type"] == "application/json")
                #expect(delivery.headers["x-webhook-signature"] == signature(delivery))
            }
            let bodies = try deliveries.map { try JSONValue(parsing: $0.body) }
            #expect(
                deliveries.map { $0.headers["x-webhook-event"] }
                    == ["progress", "progress", "progress", "completed"])
            #expect(bodies.map { $0["event"]?.string } == ["progress", "progress", "progress", "completed"])
            #expect(bodies.map { $0["progress"]?.integer } == [25, 50, 75, 100])
            #expect(
                bodies[0] == [
                    "event": "progress", "jobId": id, "status": "PROCESSING", "progress": 25,
                    "model": "seedream-4",
                ])
            let job = try await emulator.ended(submitted)
            #expect(
                bodies[3] == [
                    "event": "completed", "jobId": id, "status": "COMPLETED", "progress": 100,
                    "result": job["result"] ?? nil, "model": "seedream-4", "creditCost": 3,
                    "completedAt": job["completedAt"] ?? nil,
                ])
            #expect(try await status(of: submitted, emulator) == "delivered")
        }
    }

    @Test("posts a failure with its message")
    func failed() async throws {
        try await with { emulator, receiver in
            await emulator.emulator.setFaults([FaultRule("apiframe.generate", .moderated)])
            let submitted = try await emulator.generate(
                Apiframe.body([:], ["webhookUrl": .string(receiver.url)]))
            let delivery = try #require(try await receiver.wait(for: 1).first)
            #expect(delivery.headers["x-webhook-event"] == "failed")
            #expect(delivery.headers["x-webhook-signature"] == signature(delivery))
            #expect(
                try JSONValue(parsing: delivery.body) == [
                    "event": "failed", "jobId": try #require(try submitted.json["jobId"]), "status": "FAILED",
                    "error": "Provider returned an error: content policy violation", "model": "seedream-4",
                ])
            #expect(try await status(of: submitted, emulator) == "delivered")
        }
    }

    @Test("posts only the requested events")
    func subscription() async throws {
        try await with { emulator, receiver in
            let submitted = try await emulator.generate(
                Apiframe.body([:], ["webhookUrl": .string(receiver.url), "webhookEvents": ["failed"]]))
            #expect(try await emulator.ended(submitted)["status"] == "COMPLETED")
            #expect(try await status(of: submitted, emulator) == nil)
            #expect(receiver.received.isEmpty)
        }
    }

    @Test("retries, and reports the outcome")
    func retries() async throws {
        try await with([500, 200]) { emulator, receiver in
            let submitted = try await emulator.generate(
                Apiframe.body([:], ["webhookUrl": .string(receiver.url)]))
            let deliveries = try await receiver.wait(for: 2)
            #expect(deliveries[0].body == deliveries[1].body)
            #expect(try await status(of: submitted, emulator) == "delivered")
        }
        try await with([302]) { emulator, receiver in
            let submitted = try await emulator.generate(
                Apiframe.body([:], ["webhookUrl": .string(receiver.url)]))
            #expect(try await status(of: submitted, emulator) == "failed")
            #expect(receiver.received.count == 1)
        }
    }

    @Test("calls no other machine")
    func foreign() async throws {
        try await with { emulator, _ in
            let submitted = try await emulator.generate(
                Apiframe.body([:], ["webhookUrl": "https://example.test/hook"]))
            #expect(try await status(of: submitted, emulator) == "failed")
        }
    }

    /// Returns the state of a job's webhook once it is no longer pending.
    private func status(of submitted: Reply, _ emulator: RunningEmulator) async throws -> String? {
        var status: String?
        try await eventually("the webhook is no longer pending") {
            status = try await emulator.ended(submitted)["webhookStatus"]?.string
            return status != "pending"
        }
        return status
    }
}
#endif
