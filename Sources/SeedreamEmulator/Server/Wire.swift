#if Emulator
import NIOCore
import NIOHTTP1

/// A connection below HTTP, for actions that an HTTP server does not offer.
struct Wire: Sendable {
    let channel: any Channel

    /// Whether the connection uses TLS.
    var isSecure: Bool {
        get async throws {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.handler(type: ProtocolDetector.self).isSecure
            }.get()
        }
    }

    /// Writes bytes unchanged, bypassing the HTTP encoder; TLS still encrypts them.
    func write(_ bytes: some Sequence<UInt8> & Sendable) async throws {
        let buffer = ByteBuffer(bytes: bytes)
        try await channel.eventLoop.flatSubmit {
            let written = channel.eventLoop.makePromise(of: Void.self)
            do {
                let context = try channel.pipeline.syncOperations.context(
                    handlerType: HTTPResponseEncoder.self)
                context.writeAndFlush(NIOAny(IOData.byteBuffer(buffer)), promise: written)
            } catch {
                written.fail(error)
            }
            return written.futureResult
        }.get()
    }

    /// Closes the connection in an orderly way.
    func close() async { try? await channel.close(mode: .all) }

    /// Closes the connection with a reset.
    func reset() async {
        try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ProtocolDetector.self).reset()
        }.get()
        try? await channel.closeFuture.get()
    }
}
#endif
