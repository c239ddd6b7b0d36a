private import Synchronization

/// Feeds one stream of ``PreparationProgress``. For one preparation.
public final class ProgressReporter: Sendable {
    private struct State {
        var total = 0
        var completed = 0
        var fractions: [Int: Double] = [:]
    }

    private let state = Mutex(State())
    private let receive: @Sendable (PreparationProgress) -> Void
    private let end: @Sendable () -> Void

    init(_ continuation: AsyncStream<PreparationProgress>.Continuation) {
        receive = { continuation.yield($0) }
        end = { continuation.finish() }
    }

    /// Hands each state to a function, on the thread that works: it must return at once.
    package init(_ receive: @escaping @Sendable (PreparationProgress) -> Void) {
        self.receive = receive
        end = {}
    }

    func begin(total: Int) { state.withLock { $0.total = total } }

    func update(index: Int, name: String, fraction: Double) {
        yield(name) { $0.fractions[index] = fraction }
    }

    func complete(index: Int, name: String) {
        yield(name) { state in
            state.fractions[index] = nil
            state.completed += 1
        }
    }

    func finish() { end() }

    private func yield(_ name: String, _ change: (inout State) -> Void) {
        let progress = state.withLock { state in
            change(&state)
            let done = Double(state.completed) + state.fractions.values.reduce(0, +)
            return PreparationProgress(
                completed: state.completed, total: state.total, fraction: done / Double(max(state.total, 1)),
                name: name)
        }
        receive(progress)
    }
}
