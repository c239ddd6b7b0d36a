import Synchronization

/// Collects what other threads and tasks see.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func append(_ value: Value) { values.withLock { $0.append(value) } }
    func removeAll() { values.withLock { $0 = [] } }
    var all: [Value] { values.withLock { $0 } }

    /// Waits until so many have come, 5 s at most.
    func wait(for count: Int) async throws -> [Value] {
        for _ in 0..<500 where all.count < count { try await Task.sleep(for: .milliseconds(10)) }
        return all
    }
}
