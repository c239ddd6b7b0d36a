#if Emulator
import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Webhooks over HTTP: to this machine only, three times at most.
struct HTTPWebhookDelivery: WebhookDelivery {
    /// 15 s: fal's limit for the first try.
    private static let timeout = TimeAmount.seconds(15)
    private static let pauses = [0.5, 1.0]
    /// Follows no redirect: it could lead to another machine.
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

    /// Whether a URL leads to this machine.
    static func isLocal(_ url: String) -> Bool {
        guard let parts = URL(string: url), ["http", "https"].contains(parts.scheme?.lowercased()) else {
            return false
        }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(parts.host()?.lowercased())
    }
}
#endif
