import SeedreamClient
import SeedreamModel
import Synchronization

/// Stops a run where every other row would meet the same, or too many have failed.
final class Fuse: Sendable {
    private struct State {
        var stop: RunStop?
        var rows = 0
        var failures = 0
    }

    /// Rows before a share of them says anything. Ours.
    private static let leastRows = 20

    private let options: RunOptions
    private let state = Mutex(State())

    init(_ options: RunOptions) { self.options = options }

    /// Why no more rows are taken.
    var stop: RunStop? { state.withLock { $0.stop } }

    /// Stops the run; the first reason stays.
    func blow(_ reason: RunStop) { state.withLock { $0.stop = $0.stop ?? reason } }

    /// Counts a row that is done.
    func note(_ outcome: RowOutcome) {
        state.withLock { state in
            switch outcome.deed {
            case .skipped, .waiting, .elsewhere: return
            default: break
            }
            state.rows += 1
            guard outcome.isFailure else { return }
            state.failures += 1
            let isTooMany = options.maximumFailures.map { state.failures >= $0 } ?? false
            let share = Double(state.failures) / Double(state.rows)
            let isTooOften = options.maximumFailureRate.map { state.rows >= Self.leastRows && share > $0 }
            if state.stop == nil, isTooMany || isTooOften ?? false {
                state.stop = .failures(state.failures, of: state.rows)
            }
        }
    }

    /// Whether an error would meet every other row: a key, an account or a model that is not right.
    static func blows(_ error: any Error) -> Bool {
        switch error {
        case is KeyError, is BudgetError: true
        case let error as ClientError:
            switch error.category {
            case .credentials, .credits: true
            // The address of the paid call is made of the model's name.
            case .notFound: error.isAboutPaidCall
            default: false
            }
        default: false
        }
    }
}

extension RowOutcome {
    /// Whether the row failed, now or before.
    package var isFailure: Bool {
        switch deed {
        case .unusable, .leftFailed, .missing: true
        case .sent, .resumed: job.map { [.failed, .cancelled].contains($0.state) } ?? (error != nil)
        case .skipped, .leftUnknown, .elsewhere, .waiting: false
        }
    }
}

/// Requests at the same time: each sender takes a slot, in the order of asking.
final class Slots: Sendable {
    private struct State {
        var free: Int
        var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var last = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Waits for a slot.
    ///
    /// - Returns: `false` where the task was cancelled first: no slot is taken then.
    func take() async -> Bool {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Gives a slot back.
    func give() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.free += 1
            return nil
        }
        waiter?.resume(returning: true)
    }
}
