#if Client
import Dispatch

/// A connection with a queue of its own, on which it is used. SQLite blocks, which must not happen
/// in the threads of Swift concurrency.
///
/// `@unchecked Sendable`: `connection` is used only on `queue`, whose work retains this object. It
/// is closed by the last owner, when there is no more work.
final class SQLiteQueue: @unchecked Sendable {
    private let connection: SQLiteConnection
    private let queue = DispatchQueue(label: "seedream.ledger")

    /// - Parameter connection: Used by nothing else from now on.
    init(_ connection: sending SQLiteConnection) { self.connection = connection }

    /// Runs work on the queue while the calling thread waits.
    func blocking<Value: Sendable>(_ work: (SQLiteConnection) throws -> Value) rethrows -> Value {
        try queue.sync { try work(connection) }
    }

    /// Runs work on the queue, regardless of task cancellation and of how long another process
    /// keeps it waiting.
    func run<Value: Sendable>(_ work: @escaping @Sendable (SQLiteConnection) throws -> Value)
        async -> Result<Value, any Error>
    {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: Result { try work(connection) }) }
        }
    }
}
#endif
