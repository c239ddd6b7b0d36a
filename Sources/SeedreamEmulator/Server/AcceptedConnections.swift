#if Emulator
import HummingbirdCore
import NIOCore
import Synchronization

/// Connections that were accepted, and that no task serves yet.
///
/// The server hands connections to tasks through a stream, which drops those inside when it is
/// cancelled or its port is closed. A connection that is dropped and was never finished ends the
/// process (swift-nio, issues 2637 and 2813). So each is kept here until a task serves it.
final class AcceptedConnections: Sendable {
    typealias Connection = HTTP1Channel.Value

    private let state = Mutex((waiting: [ObjectIdentifier: Connection](), isClosed: false))

    /// Keeps a connection that was just accepted.
    func add(_ connection: Connection) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.waiting[ObjectIdentifier(connection.channel)] = connection }
            return state.isClosed
        }
        if isClosed { Task { await Self.close(connection) } }
    }

    /// Gives up a connection that is served now.
    func remove(_ connection: Connection) {
        state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(connection.channel)) }
    }

    /// The connections that no task serves yet.
    var waiting: [Connection] { state.withLock { Array($0.waiting.values) } }

    /// Closes those of the connections that no task serves yet.
    func closeForgotten(_ connections: [Connection]) async {
        for connection in connections {
            let isForgotten = state.withLock { state in
                state.waiting.removeValue(forKey: ObjectIdentifier(connection.channel)) != nil
            }
            if isForgotten { await Self.close(connection) }
        }
    }

    /// Closes the connections that no task has served, once no server is left that could start one.
    func close() async {
        let left = state.withLock { state in
            defer { state = ([:], true) }
            return Array(state.waiting.values)
        }
        for connection in left { await Self.close(connection) }
    }

    private static func close(_ connection: Connection) async {
        // Fails if the client has closed it already.
        try? await connection.executeThenClose { _, _ in }
    }
}
#endif
