/// Brings webhooks to where they belong.
protocol WebhookDelivery: Sendable {
    /// Posts JSON, and again if it fails.
    ///
    /// - Returns: Whether a 2xx came back. Addresses that are not of this machine are never called.
    func post(_ body: [UInt8], headers: [(name: String, value: String)], to url: String) async -> Bool
}
