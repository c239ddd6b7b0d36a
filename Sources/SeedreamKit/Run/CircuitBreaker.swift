import SeedreamClient
import SeedreamModel
import Synchronization

/// Stops a run after too many failures, and stops the rows of one provider after an error that
/// every other row of that provider would meet as well.
final class CircuitBreaker: Sendable {
    private struct State {
        var failures: RunStop?
        var refusals: [ProviderID: any Error] = [:]
        /// The first reason to stop, of either kind.
        var first: RunStop?
        var rows = 0
        var failed = 0
        /// The rows of the run that had ended, and those that had failed, when this process first
        /// counted those of all processes.
        var before: (rows: Int, failed: Int)?
        var lastCount: ContinuousClock.Instant?
    }

    /// Rows that must be done before the failure rate is compared. Our number.
    private static let leastRows = 20

    private let options: RunOptions
    private let state = Mutex(State())

    init(_ options: RunOptions) { self.options = options }

    /// The first reason to stop; `nil` while all rows are taken.
    var stop: RunStop? { state.withLock { $0.first } }

    /// Returns whether no more rows are taken: too many have failed, or each of these providers was
    /// stopped.
    func isTripped(for providers: some Sequence<ProviderID>) -> Bool {
        state.withLock { state in
            state.failures != nil || providers.allSatisfy { state.refusals[$0] != nil }
        }
    }

    /// Stops the rows of a provider. Its first error is kept.
    func trip(_ provider: ProviderID, _ error: any Error) {
        state.withLock { state in
            state.refusals[provider] = state.refusals[provider] ?? error
            state.first = state.first ?? .refused(error)
        }
    }

    /// The least time between two counts of the rows of all processes. Our number.
    private static let countInterval = Duration.seconds(1)

    /// Whether there is a limit, and the rows of all processes were not counted a moment ago.
    var mayCountShared: Bool {
        guard options.maximumFailures != nil || options.maximumFailureRate != nil else { return false }
        return state.withLock { state in
            let now = ContinuousClock.now
            guard state.lastCount.map({ now - $0 >= Self.countInterval }) ?? true else { return false }
            state.lastCount = now
            return true
        }
    }

    /// Counts the rows that have ended in any process since this one began.
    func count(shared summary: RunSummary) {
        let failed = (summary.rows[.failed] ?? 0) + (summary.rows[.cancelled] ?? 0)
        let rows = failed + (summary.rows[.saved] ?? 0)
        state.withLock { state in
            // The rows of this process are among them.
            let before = state.before ?? (rows - state.rows, failed - state.failed)
            state.before = before
            check(failed: failed - before.failed, of: rows - before.rows, &state)
        }
    }

    /// Stops the run if too many of the rows have failed.
    private func check(failed: Int, of rows: Int, _ state: inout State) {
        let isTooMany = options.maximumFailures.map { failed >= $0 } ?? false
        let share = Double(failed) / Double(max(1, rows))
        let isTooOften = options.maximumFailureRate.map { rows >= Self.leastRows && share > $0 }
        guard state.failures == nil, isTooMany || isTooOften ?? false else { return }
        state.failures = .failures(failed, of: rows)
        state.first = state.first ?? state.failures
    }

    /// Counts a finished row.
    func record(_ outcome: RowOutcome) {
        state.withLock { state in
            switch outcome.action {
            case .skipped, .waiting, .elsewhere: return
            default: break
            }
            state.rows += 1
            guard outcome.isFailure else { return }
            state.failed += 1
            check(failed: state.failed, of: state.rows, &state)
        }
    }

    /// Returns whether an error would meet every other row as well: a wrong key, an empty account
    /// or an unknown model.
    static func affectsEveryRow(_ error: any Error) -> Bool {
        switch error {
        case is KeyError, is BudgetError: true
        case let error as ClientError:
            switch error.category {
            case .credentials, .credits: true
            // The URL of the paid call contains the model's name.
            case .notFound: error.isAboutPaidCall
            default: false
            }
        default: false
        }
    }
}
