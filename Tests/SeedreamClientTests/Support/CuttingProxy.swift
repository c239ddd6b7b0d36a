#if Postgres
import Foundation
import Synchronization
import TestSupport

/// A relay to a PostgreSQL server that cuts a connection around the commit of a change.
final class CuttingProxy: Sendable {
    /// What happens to the next commits.
    enum Cut: Sendable {
        /// The commit does not reach the server.
        case before
        /// The server commits, and its answer does not arrive.
        case after
        /// The same, and the server cannot be reached from then on.
        case afterAndClose
    }

    /// The port on 127.0.0.1.
    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex((cuts: [Cut](), isOpen: true))

    /// - Parameter target: The server's port on 127.0.0.1.
    init(to target: Int) throws {
        self.target = target
        let listening = try LoopbackSocket.listening()
        (listener, port) = (listening.descriptor, listening.port)
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                guard self.state.withLock({ $0.isOpen }) else {
                    close(client)
                    continue
                }
                self.relay(client)
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Cuts the next commits in this way. Renewals of a lease, which come at any time, are not
    /// counted.
    func cut(_ cuts: Cut...) { state.withLock { $0.cuts += cuts } }

    /// Whether the server can be reached. If not, new connections are closed at once, and others as
    /// soon as they are used.
    func setOpen(_ isOpen: Bool) { state.withLock { $0.isOpen = isOpen } }

    /// The number of cuts that are still to come.
    var left: Int { state.withLock { $0.cuts.count } }

    private func relay(_ client: Int32) {
        guard let server = LoopbackSocket.connected(to: target) else {
            close(client)
            return
        }
        let ends = Ends(client: client, server: server)
        Thread.detachNewThread { self.pump(from: client, to: server, ends, isRequest: true) }
        Thread.detachNewThread { self.pump(from: server, to: client, ends, isRequest: false) }
    }

    /// The two sockets of a connection, closed by the second pump that ends.
    private final class Ends: Sendable {
        let client: Int32
        let server: Int32
        let state = Mutex((isMuted: false, pumps: 2))

        init(client: Int32, server: Int32) { (self.client, self.server) = (client, server) }

        func hangUp() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }

        func end() {
            hangUp()
            let isLast = state.withLock { state in
                state.pumps -= 1
                return state.pumps == 0
            }
            if isLast {
                close(client)
                close(server)
            }
        }
    }

    private func nextCut() -> Cut? {
        state.withLock { state in
            guard !state.cuts.isEmpty else { return nil }
            let cut = state.cuts.removeFirst()
            if cut == .afterAndClose { state.isOpen = false }
            return cut
        }
    }

    private func pump(from source: Int32, to sink: Int32, _ ends: Ends, isRequest: Bool) {
        defer { ends.end() }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isWriting = false
        while true {
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return }
            let bytes = Array(buffer[..<count])
            func has(_ text: String) -> Bool { Data(bytes).range(of: Data(text.utf8)) != nil }
            if isRequest, has("BEGIN ") { isWriting = !has(" READ ONLY") }
            if isRequest, has("INSERT INTO seedream.owner") { isWriting = false }
            if isRequest, isWriting, has("COMMIT\0"), let cut = nextCut() {
                if cut == .before { return }
                ends.state.withLock { $0.isMuted = true }
            }
            let isMuted = ends.state.withLock { $0.isMuted }
            guard isRequest || !isMuted, isMuted || state.withLock({ $0.isOpen }) else { return }
            guard LoopbackSocket.send(bytes, to: sink) else { return }
        }
    }
}
#endif
