import Synchronization
import TestSupport

/// Collects values from other threads and tasks.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func append(_ value: Value) { values.withLock { $0.append(value) } }
    func removeAll() { values.withLock { $0 = [] } }
    var all: [Value] { values.withLock { $0 } }

    /// Waits for this number of values, and returns all.
    func wait(for count: Int) async throws -> [Value] {
        try await eventually("\(count) values are recorded") { all.count >= count }
        return all
    }
}
