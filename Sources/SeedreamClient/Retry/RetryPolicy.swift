import Synchronization

/// The number of attempts of a call and the delays between them. The delays follow AWS's full
/// jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/. See also
/// `docs/providers.md`, "When a request is sent again".
public struct RetryPolicy: Hashable, Sendable {
    /// The maximum number of attempts, including the first. Default: 3.
    public var attempts = 3
    /// The upper bound of the random delay before the second attempt, in seconds. Default: 0.5.
    public var base = 0.5
    /// The same as ``base``, after a 429. Default: 1.
    public var throttledBase = 1.0
    /// The upper bound of every random delay, in seconds. Default: 20.
    public var cap = 20.0
    /// The longest `Retry-After` to wait for, in seconds; a longer one ends the call. Default: 120.
    public var maximumRetryAfter = 120.0
    /// The tokens of the budget that all calls of a client share: a retry takes 5, a retry after a
    /// timeout 10, and a success returns 1. Default: 500.
    public var budget = 500

    /// Creates a policy with the defaults.
    public init() {}

    /// A policy with one attempt and no retries.
    public static var none: RetryPolicy {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }
}

/// The retries that all calls of a client may make together, so that retries do not triple the load
/// on a provider that is down. Works as in the AWS SDKs' standard mode, with the numbers of
/// ``RetryPolicy``.
package final class RetryBudget: Sendable {
    private let capacity: Int
    private let tokens: Mutex<Int>

    /// Creates a full budget.
    package init(_ policy: RetryPolicy) {
        capacity = max(policy.budget, 0)
        tokens = Mutex(max(policy.budget, 0))
    }

    /// The tokens left.
    package var left: Int { tokens.withLock { $0 } }

    /// Takes the tokens for a retry.
    ///
    /// - Returns: Whether enough tokens were left. If not, none is taken.
    package func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// Returns 1 token after a call that succeeded.
    package func giveBack() { tokens.withLock { $0 = min($0 + 1, capacity) } }
}
