import SeedreamModel

/// The webhooks of one job, in order: one is sent when the one before it has arrived or failed.
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

    /// Sends an event that was subscribed to; others are nothing.
    ///
    /// - Parameter members: Of the body, without `event`.
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

    /// What has become of the last one; `nil` if there was none.
    func status() async -> String? {
        guard let last else { return nil }
        return await last.value ? "delivered" : "failed"
    }
}
