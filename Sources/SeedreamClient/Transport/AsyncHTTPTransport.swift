#if Client
import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import SeedreamModel
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A transport over AsyncHTTPClient: HTTP/1.1, no redirects, no cookies, no retries.
///
/// Compressed replies are not requested. A reply compressed with gzip or deflate is decoded anyway,
/// and its header then does not mention the compression. Any other encoding is passed on with its
/// `Content-Encoding`.
///
/// Bodies are produced while they are sent, 64 KiB at a time and only as fast as the server accepts
/// them. A request has its own connection if it has ``OutgoingRequest/needsFreshConnection``,
/// ``OutgoingRequest/pinnedAddress`` or a body longer than 64 KiB; all others share connections.
public final class AsyncHTTPTransport: HTTPTransport {
    /// The settings by which shared clients differ: AsyncHTTPClient's timeout and proxy belong to a
    /// client, not to a request.
    private struct Settings: Hashable {
        var readTimeout: Double
        var proxy: ProxyAddress?
    }

    private struct Clients {
        var shared: [Settings: HTTPClient] = [:]
        /// The clients made for one request, by identity.
        var own: [ObjectIdentifier: HTTPClient] = [:]
        var isShutDown = false
    }

    /// The maximum length of a decompressed reply: 2 GiB; our choice. The reader of a reply has a
    /// lower limit; this one ends data that no reader would accept.
    private static let maximumDecoded = 2 << 30
    /// The encodings that NIO's decompressor decodes.
    private static let decoded: Set<String> = ["gzip", "deflate"]

    /// The maximum number of shared clients; requests with other settings use a client of their
    /// own. ``SeedreamClient`` uses at most 4 settings.
    private static let maximumShared = 16

    private let connectTimeout: Double
    private let proxies: ProxySettings
    private let tls: TLSConfiguration
    private let resolver: NameResolver
    private let clients = Mutex(Clients())

    /// Creates a transport without connecting.
    ///
    /// - Throws: ``RequestError`` if the proxy's URL or the certificate file is invalid.
    public convenience init(_ configuration: TransportConfiguration = TransportConfiguration())
        throws(RequestError)
    {
        try self.init(configuration, resolver: .system)
    }

    /// - Parameter resolver: Determines why a host name has no address.
    package init(_ configuration: TransportConfiguration, resolver: NameResolver) throws(RequestError) {
        self.resolver = resolver
        connectTimeout = configuration.connectTimeout
        proxies =
            switch configuration.proxy {
            case .none: ProxySettings()
            case .environment: try ProxySettings(environment: ProcessInfo.processInfo.environment)
            case .address(let address): ProxySettings(address)
            }
        var tls = TLSConfiguration.makeClientConfiguration()
        // Earlier versions are deprecated (RFC 8996), but SwiftNIO's default still accepts TLS 1.0.
        tls.minimumTLSVersion = .tlsv12
        if let path = configuration.trustRoots {
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))]
            } catch {
                throw RequestError(
                    field: "trustRoots", message: "\(path): expected certificates in PEM format",
                    hint: "give a file that begins with -----BEGIN CERTIFICATE-----")
            }
        }
        self.tls = tls
    }

    deinit {
        let left = clients.withLock { Array($0.shared.values) + Array($0.own.values) }
        for client in left { Self.end(client) }
    }

    /// Starts the thread that serves connections, so that a lack of threads or descriptors shows
    /// here.
    ///
    /// - Throws: ``ResourceError``.
    public func prepare() throws { _ = try EventLoops.start() }

    /// Returns whether the URL is requested through a proxy.
    public func isProxied(_ url: String) -> Bool { URLParts(url).flatMap(proxies.proxy(for:)) != nil }

    /// Closes all connections. Running and later requests fail.
    public func shutdown() async {
        let left = clients.withLock { clients in
            defer { clients = Clients(isShutDown: true) }
            return Array(clients.shared.values) + Array(clients.own.values)
        }
        for client in left { try? await client.shutdown() }
    }

    /// Sends a request and returns once the header of the reply has arrived.
    ///
    /// - Throws: ``TransportError``; `CancellationError`, which also closes the connection.
    public func send(_ request: OutgoingRequest) async throws -> IncomingReply {
        try Task.checkCancellation()
        let head = request.head
        guard let scheme = head.scheme, let authority = head.authority,
            let url = URLParts("\(scheme)://\(authority)\(head.path ?? "/")")
        else {
            throw TransportError(
                .connect, mayHaveArrived: false, message: "expected an absolute http or https URL")
        }
        let proxy = proxies.proxy(for: url)
        let failures = TransportErrorMapper(
            host: url.authority, readTimeout: request.readTimeout, writeTimeout: request.writeTimeout,
            totalTimeout: request.totalTimeout, connectTimeout: connectTimeout, proxy: proxy)
        let lease = try lease(for: request, to: url, through: proxy)
        let deadline = request.totalTimeout.map { ContinuousClock.now + .seconds($0) }
        do {
            let reply = try await Self.execute(request, to: url, with: lease, failures)
            return Self.incoming(
                reply, to: head.method, lease: lease, failures: failures, deadline: deadline)
        } catch {
            if Task.isCancelled || error is CancellationError {
                guard lease.wasConnected == false else { throw CancellationError() }
                throw TransportError(
                    .connect, mayHaveArrived: false,
                    message: "\(url.authority): cancelled before it was connected")
            }
            let failure = failures.error(for: error, mayHaveArrived: lease.wasConnected)
            throw await explained(failure, error, url, at: request.pinnedAddress, through: proxy)
        }
    }

    /// Adds details that AsyncHTTPClient does not report: why a host name has no address, or why a
    /// certificate is rejected.
    private func explained(
        _ failure: any Error, _ cause: any Error, _ url: URLParts, at address: String?,
        through proxy: ProxyAddress?
    ) async -> any Error {
        guard var failure = failure as? TransportError else { return failure }
        if TransportErrorMapper.isUnresolved(cause) {
            let name = proxy?.host ?? url.host
            do {
                _ = try await Deadline(after: connectTimeout).enforced(
                    throwing: NameResolver.Failure.noAnswer
                ) {
                    [resolver] in try await resolver.addresses(name)
                }
            } catch let reason as NameResolver.Failure {
                failure.message =
                    "\(proxy.map { "the proxy \($0.host):\($0.port)" } ?? url.authority): \(reason)"
                failure.hint = reason.hint
            } catch {}
        } else if TransportErrorMapper.isUntrusted(cause), let group = try? EventLoops.start() {
            let inspector = CertificateInspector(group: group, tls: tls, timeout: connectTimeout)
            let chain = await inspector.chain(of: url, at: address, through: proxy)
            let finding = CertificateFinding(chain)
            failure.message = "\(url.authority): \(finding)"
            failure.remedy = finding.remedy
        }
        return failure
    }

    /// Sends the request while watching that its body is accepted.
    private static func execute(
        _ request: OutgoingRequest, to url: URLParts, with lease: ClientLease,
        _ failures: TransportErrorMapper
    ) async throws -> HTTPClientResponse {
        let client = lease.client
        let timeout = request.totalTimeout.map(amount) ?? .hours(24 * 365)
        var outgoing = outgoing(request, to: url)
        guard streams(request.body) else {
            if !request.body.isEmpty { outgoing.body = .bytes(BodyPieces.whole(request.body)) }
            return try await client.execute(outgoing, timeout: timeout)
        }
        let progress = BodyProgress()
        outgoing.body = .stream(
            BodyPieces(body: request.body, progress: progress, connection: lease.connection),
            length: .known(Int64(request.body.length)))
        return try await withThrowingTaskGroup(of: HTTPClientResponse?.self) { group in
            group.addTask { [outgoing] in try await client.execute(outgoing, timeout: timeout) }
            group.addTask {
                try await progress.watch(limit: request.writeTimeout, stalled: failures.stalled)
                return nil
            }
            defer { group.cancelAll() }
            for try await reply in group {
                if let reply { return reply }
            }
            throw CancellationError()
        }
    }

    /// Returns whether a body is longer than one piece. A shorter one is sent together with the
    /// head.
    private static func streams(_ body: RequestBody) -> Bool { body.length > BodyPieces.size }

    private static func outgoing(_ request: OutgoingRequest, to url: URLParts) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: "\(url.scheme)://\(url.authority)\(url.path)")
        outgoing.method = HTTPMethod(rawValue: request.head.method.rawValue)
        for field in request.head.headerFields {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        // Otherwise NIO's decompressor asks for the encodings that it can decode.
        if !outgoing.headers.contains(name: "Accept-Encoding") {
            outgoing.headers.add(name: "Accept-Encoding", value: "identity")
        }
        return outgoing
    }

    private static func incoming(
        _ reply: HTTPClientResponse, to method: HTTPRequest.Method, lease: ClientLease,
        failures: TransportErrorMapper, deadline: ContinuousClock.Instant?
    ) -> IncomingReply {
        var head = HTTPResponse(status: HTTPResponse.Status(code: Int(reply.status.code)))
        let isDecoded = reply.headers.first(name: "Content-Encoding").map(decoded.contains) ?? false
        for (name, value) in reply.headers {
            // These describe the bytes before decoding.
            if isDecoded, ["content-encoding", "content-length"].contains(name.lowercased()) { continue }
            guard let name = HTTPField.Name(name) else { continue }
            head.headerFields.append(HTTPField(name: name, value: value))
        }
        let hasBody = method != .head && ![204, 304].contains(reply.status.code)
        let expected =
            hasBody && !isDecoded && !reply.headers.contains(name: "Transfer-Encoding")
            ? reply.headers.first(name: "Content-Length").flatMap { Int($0) } : nil
        return IncomingReply(
            head: head,
            body: ReplyBody(
                ReplyPieces(
                    body: reply.body, lease: lease, failures: failures, expected: expected,
                    deadline: deadline)))
    }

    private func lease(for request: OutgoingRequest, to url: URLParts, through proxy: ProxyAddress?) throws
        -> ClientLease
    {
        let settings = Settings(readTimeout: request.readTimeout, proxy: proxy)
        let group: MultiThreadedEventLoopGroup
        do throws(ResourceError) {
            group = try EventLoops.start()
        } catch {
            throw TransportError(
                .connect, mayHaveArrived: false, message: error.message, remedy: error.remedy)
        }
        return try clients.withLock { clients in
            if clients.isShutDown {
                throw TransportError(
                    .connect, mayHaveArrived: false, message: "\(url.authority): the transport was shut down")
            }
            if !request.needsFreshConnection, request.pinnedAddress == nil, !Self.streams(request.body) {
                if let client = clients.shared[settings] { return ClientLease(sharing: client, of: self) }
                if clients.shared.count < Self.maximumShared {
                    let client = HTTPClient(
                        eventLoopGroup: group, configuration: configuration(settings))
                    clients.shared[settings] = client
                    return ClientLease(sharing: client, of: self)
                }
            }
            var configuration = configuration(settings)
            let connection = ConnectionObserver()
            let pinned = request.pinnedAddress
            configuration.http1_1ConnectionDebugInitializer = { channel in
                // A proxy receives the pinned address; the connection seen here goes to the proxy.
                if let pinned, proxy == nil, !Self.leads(channel, to: pinned) {
                    channel.close(promise: nil)
                    return channel.eventLoop.makeFailedFuture(
                        TransportError(
                            .forbiddenAddress, mayHaveArrived: false,
                            message: "\(url.authority): expected a connection to \(pinned)"))
                }
                return ReplyGuard.install(on: channel).map { connection.connected(channel) }
            }
            if let pinned, pinned != url.host {
                configuration.dnsOverride = [url.isIPv6 ? "[\(url.host)]" : url.host: pinned]
            }
            let client = HTTPClient(eventLoopGroup: group, configuration: configuration)
            clients.own[ObjectIdentifier(client)] = client
            return ClientLease(owning: client, of: self, connection: connection)
        }
    }

    private static func leads(_ channel: any Channel, to address: String) -> Bool {
        guard let wanted = IPAddress(address) else { return false }
        return channel.remoteAddress?.ipAddress.flatMap(IPAddress.init) == wanted
    }

    /// Forgets a client that was made for one request, and shuts it down unless all clients were.
    func remove(_ client: HTTPClient) {
        let wasThere = clients.withLock { $0.own.removeValue(forKey: ObjectIdentifier(client)) != nil }
        if wasThere { Self.end(client) }
    }

    private static func end(_ client: HTTPClient) { Task.detached { try? await client.shutdown() } }

    private func configuration(_ settings: Settings) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(
                connect: Self.amount(connectTimeout), read: Self.amount(settings.readTimeout)),
            decompression: .enabled(limit: .size(Self.maximumDecoded)))
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { ReplyGuard.install(on: $0) }
        // Report an unreachable server at once: retries are decided by the caller.
        configuration.connectionPool.retryConnectionEstablishment = false
        // With the default of 8 connections, a waiting request would fail as if there were no
        // connection.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        // Shorter than the minute after which many servers close an idle connection.
        configuration.connectionPool.idleTimeout = .seconds(20)
        configuration.proxy = settings.proxy.map { proxy in
            switch proxy.kind {
            case .socks5: .socksServer(host: proxy.host, port: proxy.port)
            case .http:
                .server(
                    host: proxy.host, port: proxy.port,
                    authorization: proxy.user.map {
                        .basic(username: $0, password: proxy.password ?? "")
                    })
            }
        }
        return configuration
    }

    private static func amount(_ seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(max(0.001, min(seconds, 1e8)) * 1e9))
    }
}
#endif
