import Synchronization

/// What all calls of a client may spend on retries together, so that a host that is down is not
/// called three times as often. As in the AWS SDKs' standard mode, whose numbers ``RetryPolicy``
/// has.
package final class RetryBudget: Sendable {
    private let capacity: Int
    private let tokens: Mutex<Int>

    /// Makes a full budget.
    package init(_ policy: RetryPolicy) {
        capacity = max(policy.budget, 0)
        tokens = Mutex(max(policy.budget, 0))
    }

    /// What is left.
    package var left: Int { tokens.withLock { $0 } }

    /// Takes what a retry costs.
    ///
    /// - Returns: Whether there was enough; nothing is taken otherwise.
    package func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// Gives 1 back for a call that succeeded.
    package func giveBack() { tokens.withLock { $0 = min($0 + 1, capacity) } }
}
