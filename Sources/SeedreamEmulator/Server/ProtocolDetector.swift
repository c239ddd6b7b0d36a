#if Emulator
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The first handler of every connection: detects plain HTTP, TLS, or a `CONNECT` followed by TLS.
///
/// It stays in the pipeline below TLS, so that it can reset the connection without a TLS close
/// notification.
final class ProtocolDetector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case deciding
        case open
    }

    /// The first byte of a TLS record that contains a handshake (RFC 8446, section 5.1).
    private static let handshake: UInt8 = 22
    private static let connect = Array("CONNECT ".utf8)
    /// The maximum length of a `CONNECT` head, in bytes; our choice.
    private static let longestConnect = 8192

    private let tls: NIOSSLContext?
    private let isReachable: @Sendable (String) -> Bool
    private var stage = Stage.deciding
    private var held = ByteBuffer()
    private var isTunnel = false
    private var context: ChannelHandlerContext?
    /// Whether the handlers above communicate through TLS.
    private(set) var isSecure = false

    /// Creates a detector.
    ///
    /// - Parameters:
    ///   - tls: The TLS settings; `nil` if TLS is off.
    ///   - isReachable: Returns whether a host name is an emulated one.
    init(tls: NIOSSLContext?, isReachable: @escaping @Sendable (String) -> Bool) {
        self.tls = tls
        self.isReachable = isReachable
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard stage == .deciding else { return context.fireChannelRead(data) }
        var part = unwrapInboundIn(data)
        held.writeBuffer(&part)
        decide(context)
    }

    private func decide(_ context: ChannelHandlerContext) {
        guard let first = held.readableBytesView.first else { return }
        if first == Self.handshake, let tls {
            isSecure = true
            do {
                try context.pipeline.syncOperations.addHandler(
                    NIOSSLServerHandler(context: tls), position: .after(self))
                open(context)
            } catch {
                context.close(promise: nil)
            }
            return
        }
        // A tunnel inside a tunnel is not supported.
        guard !isTunnel else { return open(context) }
        let beginning = held.readableBytesView.prefix(Self.connect.count)
        guard Self.connect.starts(with: beginning) else { return open(context) }
        guard beginning.count == Self.connect.count, let end = Self.endOfHead(held.readableBytesView) else {
            if held.readableBytes > Self.longestConnect { context.close(promise: nil) }
            return
        }
        tunnel(context, head: held.readString(length: end) ?? "")
    }

    private func open(_ context: ChannelHandlerContext) {
        stage = .open
        let first = held
        held = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(first))
        context.fireChannelReadComplete()
    }

    /// Responds to `CONNECT host:port`. The emulator never connects to that host: it handles the
    /// requests in the tunnel.
    private func tunnel(_ context: ChannelHandlerContext, head: String) {
        let target = head.split(separator: " ").dropFirst().first ?? ""
        let host = String(target.prefix { $0 != ":" })
        guard tls != nil, isReachable(host) else {
            let text =
                tls == nil ? "the emulator runs without TLS\n" : "the emulator does not emulate \(host)\n"
            send(
                context,
                "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(text)"
            )
            context.close(promise: nil)
            return
        }
        send(context, "HTTP/1.1 200 Connection established\r\n\r\n")
        isTunnel = true
        decide(context)
    }

    private func send(_ context: ChannelHandlerContext, _ text: String) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private static func endOfHead(_ bytes: ByteBufferView) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= end.count else { return nil }
        for offset in 0...(bytes.count - end.count)
        where bytes[bytes.startIndex + offset..<bytes.startIndex + offset + end.count].elementsEqual(end) {
            return offset + end.count
        }
        return nil
    }

    /// Closes the connection below TLS with a reset.
    func reset() {
        guard let context else { return }
        // A linger time of zero makes `close` send RST (POSIX leaves this to the system; Linux and
        // macOS do it).
        let options = context.channel as? any SocketOptionProvider
        if let options {
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(mode: .all, promise: nil)
    }
}

/// Hummingbird's HTTP/1.1 channel, preceded by a protocol detector.
struct ProtocolDetectingChannel: ServerChildChannel {
    let http: HTTP1Channel
    let tls: NIOSSLContext?
    let isReachable: @Sendable (String) -> Bool
    let accepted = AcceptedConnections()

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(
                ProtocolDetector(tls: tls, isReachable: isReachable), position: .first)
            accepted.add(value)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        accepted.remove(value)
        await http.handle(value: value, logger: logger)
    }
}
#endif
