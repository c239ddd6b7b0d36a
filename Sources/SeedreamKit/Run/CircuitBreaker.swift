import SeedreamClient
import SeedreamModel
import Synchronization

/// Stops a run where too many rows have failed, and a provider of it where every other row would
/// meet the same refusal.
final class Fuse: Sendable {
    private struct State {
        var failures: RunStop?
        var refusals: [ProviderID: any Error] = [:]
        /// The first of all.
        var first: RunStop?
        var rows = 0
        var failed = 0
    }

    /// Rows before a share of them says anything. Ours.
    private static let leastRows = 20

    private let options: RunOptions
    private let state = Mutex(State())

    init(_ options: RunOptions) { self.options = options }

    /// The first reason for which rows were not taken.
    var stop: RunStop? { state.withLock { $0.first } }

    /// Whether no row is taken any more: too many have failed, or each of these providers refuses.
    func isBlown(for providers: some Sequence<ProviderID>) -> Bool {
        state.withLock { state in
            state.failures != nil || providers.allSatisfy { state.refusals[$0] != nil }
        }
    }

    /// Takes no more rows of a provider; its first refusal stays.
    func blow(_ provider: ProviderID, _ error: any Error) {
        state.withLock { state in
            state.refusals[provider] = state.refusals[provider] ?? error
            state.first = state.first ?? .refused(error)
        }
    }

    /// Counts a row that is done.
    func note(_ outcome: RowOutcome) {
        state.withLock { state in
            switch outcome.deed {
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
