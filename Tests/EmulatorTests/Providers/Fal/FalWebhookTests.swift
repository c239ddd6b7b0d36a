#if Emulator
import SeedreamModel
import Cryptography
import Foundation
import SeedreamEmulator
import Testing

@Suite("emulated fal: webhooks")
struct FalWebhookTests {
    /// Returns whether a delivery is signed, checked as the documents tell receivers to.
    private func isSigned(_ delivery: WebhookReceiver.Delivery, _ emulator: RunningEmulator) async throws
        -> Bool
    {
        let set = try await emulator.call("GET", "fal/rest/.well-known/jwks.json")
        #expect(set.status == 200)
        let headers = delivery.headers
        let time = try #require(headers["x-fal-webhook-timestamp"].flatMap { Int($0) })
        guard abs(Double(time) - Date().timeIntervalSince1970) <= 300 else { return false }
        let message = [
            try #require(headers["x-fal-webhook-request-id"]), try #require(headers["x-fal-webhook-user-id"]),
            "\(time)", SHA256Digest(delivery.body).hexadecimal,
        ].joined(separator: "\n")
        let signature = try #require(headers["x-fal-webhook-signature"].flatMap { Hexadecimal.bytes($0) })
        #expect(signature.count == 64)
        for key in try #require(try set.json["keys"]?.array) {
            #expect(key["kty"] == "OKP" && key["crv"] == "Ed25519")
            let x = try #require(key["x"]?.string).replacing("-", with: "+").replacing("_", with: "/")
            let bytes = [UInt8](try #require(Data(base64Encoded: x + "=")))
            #expect(bytes.count == 32)
            if VerifyingKey.isValid(signature, of: Array(message.utf8), publicKey: bytes) { return true }
        }
        return false
    }

    private func with(
        _ statuses: [Int] = [200], _ body: (RunningEmulator, WebhookReceiver) async throws -> Void
    ) async throws {
        let receiver = try WebhookReceiver(statuses: statuses)
        defer { receiver.stop() }
        try await RunningEmulator.with { try await body($0, receiver) }
    }

    @Test("posts the result, signed, to the URL with its encoding intact")
    func made() async throws {
        try await with { emulator, receiver in
            let handle = try await emulator.submit(try Fal.body(), query: Fal.webhook(receiver)).json
            let delivery = try #require(try await receiver.wait(for: 1).first)
            #expect(delivery.path == "/hook?a=1&b=2")
            #expect(delivery.headers["content-type"] == "application/json")
            let body = try JSONValue(parsing: delivery.body)
            let id = try #require(handle["request_id"])
            let result = try await emulator.follow(handle, "response_url")
            #expect(
                body == [
                    "request_id": id, "gateway_request_id": id, "status": "OK", "payload": try result.json,
                ])
            #expect(delivery.headers["x-fal-webhook-request-id"] == id.string)
            #expect(try await isSigned(delivery, emulator))
            // A single changed bit invalidates the signature.
            var forged = delivery
            forged.body[0] ^= 1
            #expect(try await !isSigned(forged, emulator))
            forged = delivery
            forged.headers["x-fal-webhook-request-id"] = "00000000-0000-0000-0000-000000000000"
            #expect(try await !isSigned(forged, emulator))
        }
    }

    @Test("posts an error with the model's own body as its payload")
    func failed() async throws {
        try await with { emulator, receiver in
            let handle = try await emulator.submit(
                try Fal.body(["prompt": .none]), query: Fal.webhook(receiver)
            ).json
            let delivery = try #require(try await receiver.wait(for: 1).first)
            let body = try JSONValue(parsing: delivery.body)
            #expect(body["status"] == "ERROR")
            #expect(body["error"] == "Invalid status code: 422")
            #expect(body["payload"]?["detail"]?[0]?["loc"] == ["body", "prompt"])
            #expect(body["payload"] == (try await emulator.follow(handle, "response_url").json))
            #expect(try await isSigned(delivery, emulator))
        }
    }

    @Test("retries with the same body until it is accepted, but follows no redirect")
    func retries() async throws {
        try await with([503, 200]) { emulator, receiver in
            _ = try await emulator.submit(try Fal.body(), query: Fal.webhook(receiver))
            let deliveries = try await receiver.wait(for: 2)
            #expect(deliveries[0].body == deliveries[1].body)
            for delivery in deliveries { #expect(try await isSigned(delivery, emulator)) }
        }
        try await with([302]) { emulator, receiver in
            let handle = try await emulator.submit(try Fal.body(), query: Fal.webhook(receiver)).json
            _ = try await emulator.completion(of: handle)
            _ = try await receiver.wait(for: 1)
            // A second attempt would come within this time.
            try await Task.sleep(for: .milliseconds(800))
            #expect(receiver.received.count == 1)
        }
    }

    @Test("posts the end of a cancelled job")
    func cancelled() async throws {
        let receiver = try WebhookReceiver()
        defer { receiver.stop() }
        try await RunningEmulator.with({ $0.queueTime = 30 }) { emulator in
            let handle = try await emulator.submit(try Fal.body(), query: Fal.webhook(receiver)).json
            _ = try await emulator.follow(handle, "cancel_url", method: "PUT")
            let body = try JSONValue(parsing: try #require(try await receiver.wait(for: 1).first).body)
            #expect(body["status"] == "ERROR")
            #expect(body["error"] == "Invalid status code: 499")
        }
    }
}
#endif
