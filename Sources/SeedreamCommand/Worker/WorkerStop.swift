import Synchronization

/// The end of a worker before the end of its input. The first reason counts.
final class WorkerStop: Sendable {
    /// Why no further line is taken.
    enum Reason: Sendable {
        /// A signal of the system, by its number.
        case signal(Int32)
        /// Standard output cannot be written, with the system's error number.
        case output(errno: Int32)
        /// An error that every further row would meet.
        case failed(any Error)
    }

    private struct State {
        var reason: Reason?
        var actions: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    /// The reason to stop; `nil` while lines are taken.
    var reason: Reason? { state.withLock(\.reason) }

    /// Stops the worker.
    func request(_ reason: Reason) {
        let actions = state.withLock { state in
            guard state.reason == nil else { return [@Sendable () -> Void]() }
            state.reason = reason
            return state.actions
        }
        for action in actions { action() }
    }

    /// Calls a function when the worker is stopped, at once if it is already.
    func onRequest(_ action: @escaping @Sendable () -> Void) {
        let isStopped = state.withLock { state in
            state.actions.append(action)
            return state.reason != nil
        }
        if isStopped { action() }
    }
}
