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

/// The transport over AsyncHTTPClient: HTTP/1.1, no redirects, no cookies, no retries.
///
/// No reply is asked to be compressed. One that is compressed with gzip or deflate all the same is
/// decoded, and its header says nothing of it; any other encoding is left as it came, and named by
/// `Content-Encoding`.
///
/// Bodies are made while they are sent, 64 KiB at a time and only as fast as the host takes them. A
/// request with ``OutgoingRequest/needsFreshConnection`` or ``OutgoingRequest/pinnedAddress``, or
/// with a body beyond 64 KiB, has a connection of its own; the others share.
public final class AsyncHTTPTransport: HTTPTransport {
    /// What a shared client differs by: AsyncHTTPClient's time-out and proxy are a client's, not a
    /// request's.
    private struct Settings: Hashable {
        var readTimeout: Double
        var proxy: ProxyAddress?
    }

    private struct Clients {
        var shared: [Settings: HTTPClient] = [:]
        /// Those made for one request, by identity.
        var own: [ObjectIdentifier: HTTPClient] = [:]
        var isShutDown = false
    }

    /// The most bytes that a compressed reply becomes: 2 GiB; ours. What is read of it is bounded
    /// by its reader; this ends what nobody would ever read.
    private static let maximumDecoded = 2 << 30
    /// What NIO's decompressor decodes.
    private static let decoded: Set<String> = ["gzip", "deflate"]

    /// Shared clients at most; requests with other settings have a client of their own. The client
    /// uses 4 settings at most.
    private static let maximumShared = 16

    private let connectTimeout: Double
    private let proxies: ProxySettings
    private let tls: TLSConfiguration
    private let resolver: NameResolver
    private let clients = Mutex(Clients())

    /// Makes a transport; nothing is connected yet.
    ///
    /// - Throws: ``RequestError`` where the proxy's URL or the file of certificates cannot be read.
    public convenience init(_ configuration: TransportConfiguration = TransportConfiguration())
        throws(RequestError)
    {
        try self.init(configuration, resolver: .system)
    }

    /// - Parameter resolver: What says why a name has no address.
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
        // Earlier versions are deprecated (RFC 8996); SwiftNIO's own default still takes TLS 1.0.
        tls.minimumTLSVersion = .tlsv12
        if let path = configuration.trustRoots {
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))]
            } catch {
                throw RequestError(
                    field: "trustRoots", message: "\(path): expected certificates in PEM",
                    hint: "name a file that begins with -----BEGIN CERTIFICATE-----")
            }
        }
        self.tls = tls
    }

    deinit {
        let left = clients.withLock { Array($0.shared.values) + Array($0.own.values) }
        for client in left { Self.end(client) }
    }

    /// Starts the thread that serves connections, so that what can fail for want of threads and
    /// descriptors fails here.
    ///
    /// - Throws: ``ResourceError``.
    public func prepare() throws { _ = try EventLoops.start() }

    /// Whether a proxy is asked for the URL.
    public func isProxied(_ url: String) -> Bool { URLParts(url).flatMap(proxies.proxy(for:)) != nil }

    /// Ends all connections. Calls that are under way fail, as do later ones.
    public func shutdown() async {
        let left = clients.withLock { clients in
            defer { clients = Clients(isShutDown: true) }
            return Array(clients.shared.values) + Array(clients.own.values)
        }
        for client in left { try? await client.shutdown() }
    }

    /// Sends a request and returns as soon as the header of the reply has arrived.
    ///
    /// - Throws: ``TransportError``; `CancellationError`, and then the connection is closed.
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
        let failures = FailureReader(
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

    /// Says more precisely what AsyncHTTPClient does not tell: why a name has no address, and what
    /// is wrong with a certificate.
    private func explained(
        _ failure: any Error, _ cause: any Error, _ url: URLParts, at address: String?,
        through proxy: ProxyAddress?
    ) async -> any Error {
        guard var failure = failure as? TransportError else { return failure }
        if FailureReader.isUnresolved(cause) {
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
        } else if FailureReader.isUntrusted(cause), let group = try? EventLoops.start() {
            let inspector = CertificateInspector(group: group, tls: tls, timeout: connectTimeout)
            let chain = await inspector.chain(of: url, at: address, through: proxy)
            let finding = CertificateFinding(chain)
            failure.message = "\(url.authority): \(finding)"
            failure.remedy = finding.remedy
        }
        return failure
    }

    /// Sends the request, and watches that its body is taken.
    private static func execute(
        _ request: OutgoingRequest, to url: URLParts, with lease: ClientLease, _ failures: FailureReader
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

    /// Whether a body is longer than one piece. A shorter one goes out in one go with head and end.
    private static func streams(_ body: RequestBody) -> Bool { body.length > BodyPieces.size }

    private static func outgoing(_ request: OutgoingRequest, to url: URLParts) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: "\(url.scheme)://\(url.authority)\(url.path)")
        outgoing.method = HTTPMethod(rawValue: request.head.method.rawValue)
        for field in request.head.headerFields {
            outgoing.headers.add(name: field.name.rawName, value: field.value)
        }
        // NIO's decompressor would ask for what it can decode.
        if !outgoing.headers.contains(name: "Accept-Encoding") {
            outgoing.headers.add(name: "Accept-Encoding", value: "identity")
        }
        return outgoing
    }

    private static func incoming(
        _ reply: HTTPClientResponse, to method: HTTPRequest.Method, lease: ClientLease,
        failures: FailureReader, deadline: ContinuousClock.Instant?
    ) -> IncomingReply {
        var head = HTTPResponse(status: HTTPResponse.Status(code: Int(reply.status.code)))
        let isDecoded = reply.headers.first(name: "Content-Encoding").map(decoded.contains) ?? false
        for (name, value) in reply.headers {
            // They tell of bytes that are decoded by now.
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
            let connection = ConnectionWitness()
            let pinned = request.pinnedAddress
            configuration.http1_1ConnectionDebugInitializer = { channel in
                // A proxy is told the address, and its own is the one that is seen here.
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

    /// Forgets a client that was made for one request, and ends it unless it was ended with all
    /// others.
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
        // A host that cannot be reached is reported at once; whether to try again is not decided
        // here.
        configuration.connectionPool.retryConnectionEstablishment = false
        // A request that waits for one of 8 connections, as is the default, would be said to have
        // found none.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        // Shorter than the minute after which many servers close a connection that nobody uses.
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
