#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whether, and after how long, a call is repeated. Chance, sleep and clock are handed in, so that tests need not wait.
package struct Backoff: Sendable {
    /// Why a call is repeated.
    package enum Cause: Hashable, Sendable {
        case failure
        case timeout
        /// The host answered 429.
        case throttled

        /// Tokens of the budget: the AWS SDKs' numbers.
        var cost: Int { self == .timeout ? 10 : 5 }
    }

    /// How often, and how much later.
    package let policy: RetryPolicy
    /// Shared by all calls of a client.
    package let budget: RetryBudget
    /// Draws from 0 to a bound.
    package var draw: @Sendable (_ bound: Double) -> Double = { $0 > 0 ? Double.random(in: 0...$0) : 0 }
    /// Waits so many seconds.
    package var sleep: @Sendable (_ seconds: Double) async throws -> Void = {
        try await Task.sleep(for: .seconds($0))
    }
    /// Seconds since 1970.
    package var now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// Makes a backoff with a budget of its own unless one is handed in.
    package init(_ policy: RetryPolicy = RetryPolicy(), budget: RetryBudget? = nil) {
        self.policy = policy
        self.budget = budget ?? RetryBudget(policy)
    }

    /// The upper bound of the drawn delay after an attempt, in seconds: it doubles with each, up to the cap.
    package func bound(after attempt: Int, _ cause: Cause) -> Double {
        let base = cause == .throttled ? policy.throttledBase : policy.base
        var bound = max(base, 0)
        for _ in 1..<max(attempt, 1) where bound < policy.cap { bound *= 2 }
        return min(bound, policy.cap)
    }

    /// Waits before the next attempt, unless there is to be none: all attempts are made, the budget is spent, or the host asks for more
    /// patience than the policy has.
    ///
    /// - Parameters:
    ///   - attempt: The number of the one that failed, from 1.
    ///   - retryAfter: What the host asks for, in seconds. The drawn delay is added, lest all come back in the same moment.
    /// - Returns: Whether another attempt is to be made.
    /// - Throws: `CancellationError`.
    package func wait(after attempt: Int, _ cause: Cause, retryAfter: Double? = nil) async throws -> Bool {
        guard attempt < policy.attempts else { return false }
        if let retryAfter, retryAfter > policy.maximumRetryAfter { return false }
        guard budget.take(cause.cost) else { return false }
        try await sleep(max(retryAfter ?? 0, 0) + draw(bound(after: attempt, cause)))
        return true
    }
}
