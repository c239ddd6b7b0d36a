import Cryptography
import SeedreamModel

/// The webhooks of one job, sent in order: each waits until the previous one has been delivered or
/// has failed.
actor ApiframeWebhook {
    private let url: String
    private let events: Set<String>
    private let apiKey: String
    private let delivery: any WebhookDelivery
    private var last: Task<Bool, Never>?

    init(url: String, events: Set<String>, apiKey: String, delivery: any WebhookDelivery) {
        self.url = url
        self.events = events
        self.apiKey = apiKey
        self.delivery = delivery
    }

    /// Sends an event if it is subscribed to.
    ///
    /// - Parameter members: The members of the body, without `event`.
    func send(_ event: String, _ members: [String: JSONValue]) {
        guard events.contains(event) else { return }
        var members = members
        members["event"] = .string(event)
        let body = JSONValue.object(members).bytes
        let headers = [
            ("Content-Type", "application/json"), ("X-Webhook-Event", event),
            ("X-Webhook-Signature", ApiframeSignature.header(body: body, apiKey: apiKey)),
        ]
        let (previous, delivery, url) = (last, delivery, url)
        last = Task {
            _ = await previous?.value
            return await delivery.post(body, headers: headers, to: url)
        }
    }

    /// Returns the status of the last webhook; `nil` if there was none.
    func status() async -> String? {
        guard let last else { return nil }
        return await last.value ? "delivered" : "failed"
    }
}

/// Apiframe's webhook signature: HMAC-SHA256 with the API key's digest as the key.
enum ApiframeSignature {
    /// Returns the value of `X-Webhook-Signature`.
    static func header(body: [UInt8], apiKey: String) -> String {
        let key = SHA256Digest(Array(apiKey.utf8)).bytes
        return "sha256=" + Hexadecimal.text(MessageAuthenticationCode.sha256(body, key: key))
    }
}
