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
            let isTooMany = options.maximumFailures.map { state.failed >= $0 } ?? false
            let share = Double(state.failed) / Double(state.rows)
            let isTooOften = options.maximumFailureRate.map { state.rows >= Self.leastRows && share > $0 }
            if state.failures == nil, isTooMany || isTooOften ?? false {
                state.failures = .failures(state.failed, of: state.rows)
                state.first = state.first ?? state.failures
            }
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
