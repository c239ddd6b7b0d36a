#if Emulator
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// The listening port, which can be closed to new connections for a while and reopened.
actor Listener {
    private let child: ProtocolDetectingChannel
    private var channel: (any Channel)?
    private var runs: [Task<Void, Never>] = []
    private var isStopped = false

    init(_ child: ProtocolDetectingChannel) { self.child = child }

    /// Opens a port on 127.0.0.1; a free one if `port` is 0.
    ///
    /// - Returns: The port.
    func open(_ port: Int) async throws -> Int {
        let (opened, continuation) = AsyncThrowingStream.makeStream(of: (any Channel).self)
        let server = Server(
            childChannelSetup: child,
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in
                continuation.yield(channel)
                continuation.finish()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "emulator", factory: { _ in SwiftLogNoOpLogHandler() }))
        runs.append(
            Task {
                do {
                    try await server.run()
                } catch {
                    continuation.finish(throwing: error)
                }
            })
        for try await channel in opened {
            self.channel = channel
            return channel.localAddress?.port ?? port
        }
        throw CancellationError()
    }

    /// Closes the port to new connections for a number of seconds; open connections stay open.
    func refuse(seconds: Double) async {
        guard let channel, let port = channel.localAddress?.port else { return }
        self.channel = nil
        try? await channel.close()
        // A connection that is not served by then was dropped.
        let (accepted, waiting) = (child.accepted, child.accepted.waiting)
        Task {
            try? await Pause.sleep(seconds: 1)
            await accepted.closeForgotten(waiting)
        }
        Task {
            try? await Pause.sleep(seconds: seconds)
            await self.reopen(port)
        }
    }

    private func reopen(_ port: Int) async {
        guard !isStopped else { return }
        _ = try? await open(port)
    }

    /// Closes all connections.
    func stop() async {
        isStopped = true
        for run in runs { run.cancel() }
        for run in runs { await run.value }
        runs = []
        await child.accepted.close()
    }
}

/// Passes calls to a listener that is created after the code that calls it.
actor ListenerRelay {
    private weak var listener: Listener?

    func set(_ listener: Listener) { self.listener = listener }
    func refuse(seconds: Double) async { await listener?.refuse(seconds: seconds) }
}
#endif
