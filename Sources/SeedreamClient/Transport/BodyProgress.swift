#if Client
import Synchronization

/// Notices when a host takes no more of a body. AsyncHTTPClient's own write time-out watches over
/// who makes the body, not over who reads it, and its read time-out begins when all is sent.
final class BodyProgress: Sendable {
    private enum State {
        case waiting
        /// When the last piece was asked for, which is when the one before had been taken.
        case moving(ContinuousClock.Instant)
        case done
    }

    private let state = Mutex(State.waiting)

    /// A piece is asked for.
    func move() { state.withLock { $0 = .moving(.now) } }

    /// All pieces were taken.
    func end() { state.withLock { $0 = .done } }

    /// Returns when all is taken.
    ///
    /// - Throws: `stalled` when nothing was taken for so long; `CancellationError`.
    func watch(limit: Double, stalled: TransportError) async throws {
        while true {
            var wakeUp = ContinuousClock.now + .seconds(limit)
            switch state.withLock({ $0 }) {
            case .done: return
            case .waiting: break
            case .moving(let last):
                wakeUp = last + .seconds(limit)
                if wakeUp <= .now { throw stalled }
            }
            try await Task.sleep(until: wakeUp, clock: .continuous)
        }
    }
}
#endif
