#if Emulator
import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The first handler of every connection: finds out whether it is plain HTTP, TLS, or a `CONNECT`
/// that TLS follows.
///
/// It stays in the pipeline, below TLS, so that a connection can be reset without a goodbye.
final class FrontDoor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case deciding
        case open
    }

    /// The first byte of a TLS record that holds a handshake (RFC 8446, section 5.1).
    private static let handshake: UInt8 = 22
    private static let connect = Array("CONNECT ".utf8)
    /// The longest `CONNECT` that is read, in bytes; ours.
    private static let longestConnect = 8192

    private let tls: NIOSSLContext?
    private let isReachable: @Sendable (String) -> Bool
    private var stage = Stage.deciding
    private var held = ByteBuffer()
    private var isTunnel = false
    private var context: ChannelHandlerContext?
    /// Whether what is above speaks through TLS.
    private(set) var isSecure = false

    /// - Parameters:
    ///   - tls: `nil` where TLS is not answered.
    ///   - isReachable: Whether a host name is one that is stood in for.
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
        // There is no tunnel within a tunnel.
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

    /// Answers `CONNECT host:port`. No connection is ever made to anywhere: what follows is
    /// answered here.
    private func tunnel(_ context: ChannelHandlerContext, head: String) {
        let target = head.split(separator: " ").dropFirst().first ?? ""
        let host = String(target.prefix { $0 != ":" })
        guard tls != nil, isReachable(host) else {
            let text =
                tls == nil ? "the emulator runs without TLS\n" : "the emulator stands in for no \(host)\n"
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

    /// Ends the connection below TLS, with a reset instead of an orderly end.
    func reset() {
        guard let context else { return }
        // Lingering for no time at all makes `close` send RST (POSIX leaves this to the system;
        // Linux and macOS do).
        let options = context.channel as? any SocketOptionProvider
        if let options {
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(mode: .all, promise: nil)
    }
}
#endif
