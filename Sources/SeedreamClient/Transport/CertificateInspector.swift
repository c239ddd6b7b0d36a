#if Client
import NIOCore
import NIOPosix
import NIOSSL
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The reason why a certificate is not trusted, as far as the certificate shows it.
enum CertificateFinding: Hashable, CustomStringConvertible {
    case expired(Date)
    case notYetValid(Date)
    /// The server signed it itself. BoringSSL accepts such a certificate from a file only if it may
    /// sign others.
    case selfSigned(isAuthority: Bool)
    /// No trusted authority signed it, or it could not be inspected.
    case untrusted

    /// - Parameter chain: The certificates, the server's first; empty if unknown.
    init(_ chain: [NIOSSLCertificate], now: Date = Date()) {
        let seconds = now.timeIntervalSince1970
        if let late = chain.first(where: { Double($0.notValidAfter) < seconds }) {
            self = .expired(Date(timeIntervalSince1970: Double(late.notValidAfter)))
        } else if let early = chain.first(where: { Double($0.notValidBefore) > seconds }) {
            self = .notYetValid(Date(timeIntervalSince1970: Double(early.notValidBefore)))
        } else if let fields = chain.first.map(Self.fields), fields.count > 4,
            fields[2].content == fields[4].content
        {
            // Issuer and subject are equal (RFC 5280, section 4.1).
            self = .selfSigned(isAuthority: Self.isAuthority(fields))
        } else {
            self = .untrusted
        }
    }

    var description: String {
        switch self {
        case .expired(let date): "the certificate expired at \(date.ISO8601Format())"
        case .notYetValid(let date): "the certificate is not valid before \(date.ISO8601Format())"
        case .selfSigned: "the certificate is self-signed and not trusted here"
        case .untrusted: "the certificate is from an authority that is not trusted here"
        }
    }

    /// The action that resolves the error, on one line.
    var remedy: Remedy {
        switch self {
        case .expired: "check the clock of this machine; if it is right, the server needs a new certificate"
        case .notYetValid: "correct the clock of this machine; it shows \(Date().ISO8601Format())"
        case .selfSigned(isAuthority: true):
            "if the server is yours, pass its certificate with \(.trustRoots)"
        case .selfSigned(isAuthority: false):
            """
            if the server is yours, create a certificate with CA:TRUE, as `openssl req -x509` does, \
            and pass it with \(.trustRoots)
            """
        case .untrusted:
            "if your network or server has its own certificate authority, pass its certificate with \(.trustRoots)"
        }
    }

    /// Returns serial number, algorithm, issuer, validity, subject, key and extensions, without the
    /// version.
    private static func fields(_ certificate: NIOSSLCertificate) -> [(tag: UInt8, content: ArraySlice<UInt8>)]
    {
        guard let bytes = try? certificate.toDERBytes(), let outer = children(bytes[...]).first,
            let body = children(outer.content).first
        else { return [] }
        let fields = children(body.content)
        return fields.first?.tag == 0xA0 ? Array(fields.dropFirst()) : fields
    }

    /// Returns whether `cA` of the basic constraints is true (RFC 5280, section 4.2.1.9).
    private static func isAuthority(_ fields: [(tag: UInt8, content: ArraySlice<UInt8>)]) -> Bool {
        guard let list = fields.first(where: { $0.tag == 0xA3 }), let all = children(list.content).first
        else { return false }
        let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
        for item in children(all.content).map({ children($0.content) })
        where item.first?.content.elementsEqual(basicConstraints) == true {
            guard let octets = item.last, let value = children(octets.content).first else { return false }
            return children(value.content).first.map { $0.tag == 1 && $0.content.first == 0xFF } ?? false
        }
        return false
    }

    /// Returns the values inside a DER value, in order; empty if the bytes are not DER.
    private static func children(_ bytes: ArraySlice<UInt8>) -> [(tag: UInt8, content: ArraySlice<UInt8>)] {
        var found: [(UInt8, ArraySlice<UInt8>)] = []
        var rest = bytes
        while let tag = rest.popFirst(), let first = rest.popFirst() {
            var length = Int(first)
            if first > 0x80 {
                guard first <= 0x84 else { return [] }
                length = 0
                for _ in 0..<(first & 0x7F) {
                    guard let byte = rest.popFirst() else { return [] }
                    length = length << 8 | Int(byte)
                }
            }
            guard length <= rest.count else { return [] }
            found.append((tag, rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return found
    }
}

/// Retrieves the certificates of a server after they were rejected, since BoringSSL's error does
/// not give the reason. It starts a handshake and ends it before any request is sent.
struct CertificateInspector {
    let group: MultiThreadedEventLoopGroup
    let tls: TLSConfiguration
    /// The total timeout in seconds.
    let timeout: Double

    /// Returns the certificates, the server's first; empty if none arrive in time, and behind a
    /// SOCKS proxy.
    func chain(of url: URLParts, at address: String?, through proxy: ProxyAddress?) async
        -> [NIOSSLCertificate]
    {
        guard proxy?.kind != .socks5, let context = try? NIOSSLContext(configuration: tls) else { return [] }
        let loop = group.next()
        let found = loop.makePromise(of: [NIOSSLCertificate].self)
        let name = IPAddress(url.host) == nil ? url.host : nil
        let begin: @Sendable (any Channel) throws -> Void = { channel in
            let handler = try NIOSSLClientHandler(context: context, serverHostname: name) {
                (chain: [NIOSSLCertificate], verdict: EventLoopPromise<NIOSSLVerificationResult>) in
                found.succeed(chain)
                verdict.succeed(.failed)
            }
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let target = address ?? url.host
        let time = TimeAmount.nanoseconds(Int64(max(0.1, min(timeout, 600)) * 1e9))
        let connecting = ClientBootstrap(group: loop).connectTimeout(time).connect(
            host: proxy?.host ?? target, port: proxy?.port ?? url.port)
        connecting.whenFailure { _ in found.succeed([]) }
        connecting.whenSuccess { channel in
            let timer = loop.scheduleTask(in: time) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in
                timer.cancel()
                found.succeed([])
            }
            loop.execute {
                do {
                    guard let proxy else { return try begin(channel) }
                    let host = target.contains(":") ? "[\(target)]" : target
                    try channel.pipeline.syncOperations.addHandler(
                        Tunnel(to: "\(host):\(url.port)", credentials: proxy.credentials, startTLS: begin))
                } catch {
                    channel.close(promise: nil)
                }
            }
        }
        let chain = try? await found.futureResult.get()
        if let channel = try? await connecting.get() { channel.close(promise: nil) }
        return chain ?? []
    }

    /// Asks a proxy for a connection, and starts TLS on it once it is established.
    private final class Tunnel: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let target: String
        private let credentials: String?
        private let startTLS: @Sendable (any Channel) throws -> Void
        private var head: [UInt8] = []

        init(
            to target: String, credentials: String?,
            startTLS: @escaping @Sendable (any Channel) throws -> Void
        ) {
            (self.target, self.credentials, self.startTLS) = (target, credentials, startTLS)
        }

        func handlerAdded(context: ChannelHandlerContext) {
            let field = credentials.map { "Proxy-Authorization: Basic \($0)\r\n" } ?? ""
            let text = "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\n\(field)\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            head += unwrapInboundIn(data).readableBytesView
            guard head.count < 65_536 else { return context.close(promise: nil) }
            guard head.suffix(4) == Array("\r\n\r\n".utf8)[...] else { return }
            let status = head.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first
            guard status?.first == UInt8(ascii: "2") else { return context.close(promise: nil) }
            let (channel, startTLS) = (context.channel, startTLS)
            context.pipeline.syncOperations.removeHandler(self).whenComplete { _ in
                do {
                    try startTLS(channel)
                } catch {
                    channel.close(promise: nil)
                }
            }
        }
    }
}
#endif
