#if Emulator
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Delivers webhooks.
protocol WebhookDelivery: Sendable {
    /// Posts JSON, with retries on failure. Never calls another machine.
    ///
    /// - Returns: Whether the receiver responded with a 2xx status.
    func post(_ body: [UInt8], headers: [(name: String, value: String)], to url: String) async -> Bool
}

#if Emulator
/// Delivers webhooks over HTTP, to this machine only, with at most three attempts.
struct HTTPWebhookDelivery: WebhookDelivery {
    /// The limit for each attempt: 15 s, fal's limit for the first one.
    private static let timeout = TimeAmount.seconds(15)
    private static let pauses = [0.5, 1.0]
    /// A client that follows no redirects: they could lead to another machine.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()

    func post(_ body: [UInt8], headers: [(name: String, value: String)], to url: String) async -> Bool {
        guard Self.isLocal(url) else { return false }
        for attempt in 0...Self.pauses.count {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(bytes: body))
            if let reply = try? await Self.client.execute(request, timeout: Self.timeout) {
                if (200...299).contains(reply.status.code) { return true }
                // A redirect is a permanent failure.
                if (300...399).contains(reply.status.code) { return false }
            }
            if attempt < Self.pauses.count { try? await Task.sleep(for: .seconds(Self.pauses[attempt])) }
        }
        return false
    }

    /// Returns whether a URL leads to this machine.
    static func isLocal(_ url: String) -> Bool {
        guard let parts = URL(string: url), ["http", "https"].contains(parts.scheme?.lowercased()) else {
            return false
        }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(parts.host()?.lowercased())
    }
}
#endif
