import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Decides whether a call is retried, and after which delay. The random draw, the sleep and the
/// clock are injected, so that tests need not wait.
package struct Backoff: Sendable {
    /// The reason for a retry.
    package enum Cause: Hashable, Sendable {
        case failure
        case timeout
        /// The provider answered 429.
        case throttled

        /// The cost in tokens of the retry budget: the AWS SDKs' numbers.
        var cost: Int { self == .timeout ? 10 : 5 }

        /// Creates the cause if a request that was answered with this status may succeed later,
        /// else `nil`. 501 (not implemented) is permanent.
        package init?(status: Int) {
            switch status {
            case 429: self = .throttled
            case 408, 504: self = .timeout
            case 500, 502, 503: self = .failure
            default: return nil
            }
        }
    }

    /// The number of attempts and the delays between them.
    package let policy: RetryPolicy
    /// The retry budget, shared by all calls of a client.
    package let budget: RetryBudget
    /// The time until which a client sends no new paid request; shared by all its calls. A client
    /// has one provider and one key, and a 429 concerns exactly these.
    private let hold = Hold()
    /// Draws a random number from 0 to a bound.
    package var draw: @Sendable (_ bound: Double) -> Double = { $0 > 0 ? Double.random(in: 0...$0) : 0 }
    /// Waits for a number of seconds.
    package var sleep: @Sendable (_ seconds: Double) async throws -> Void = {
        try await Task.sleep(for: .seconds($0))
    }
    /// The current time in seconds since 1970.
    package var now: @Sendable () -> Double = { Date().timeIntervalSince1970 }

    /// Creates a backoff. Default: a new budget with the policy's capacity.
    package init(_ policy: RetryPolicy = RetryPolicy(), budget: RetryBudget? = nil) {
        self.policy = policy
        self.budget = budget ?? RetryBudget(policy)
    }

    /// Returns the upper bound of the drawn delay after an attempt, in seconds. It doubles with
    /// each attempt, up to the cap.
    package func bound(after attempt: Int, _ cause: Cause) -> Double {
        let base = cause == .throttled ? policy.throttledBase : policy.base
        var bound = max(base, 0)
        for _ in 1..<max(attempt, 1) where bound < policy.cap { bound *= 2 }
        return min(bound, policy.cap)
    }

    /// Waits before the next attempt. No attempt follows if all are used, the budget is spent, the
    /// provider asks for a longer wait than the policy allows, or the wait would reach the
    /// deadline.
    ///
    /// - Parameters:
    ///   - attempt: The number of the failed attempt, from 1.
    ///   - retryAfter: The wait that the provider asks for, in seconds. The drawn delay is added to
    ///     avoid synchronized retries.
    ///   - deadline: The time at which the next attempt would be too late.
    /// - Returns: Whether to make another attempt.
    /// - Throws: `CancellationError`.
    package func wait(
        after attempt: Int, _ cause: Cause, retryAfter: Double? = nil, by deadline: Deadline = .never
    ) async throws -> Bool {
        guard attempt < policy.attempts else { return false }
        if let retryAfter, retryAfter > policy.maximumRetryAfter { return false }
        let delay = max(retryAfter ?? 0, 0) + draw(bound(after: attempt, cause))
        if let remaining = deadline.remaining, delay >= remaining { return false }
        guard budget.take(cause.cost) else { return false }
        if cause == .throttled { hold.extend(to: now() + delay) }
        try await sleep(delay)
        return true
    }

    /// Waits until the end of a wait that another call of the client was told to make: a request
    /// that starts earlier would be refused as well, and a run has many.
    ///
    /// - Parameter deadline: The end of the wait at the latest; the request is then sent.
    /// - Throws: `CancellationError`.
    package func waitForOthers(by deadline: Deadline = .never) async throws {
        var seen = 0.0
        // Repeats if another call was told to wait longer meanwhile.
        while case let end = hold.end, end > seen {
            seen = end
            let left = min(end - now(), deadline.remaining ?? .infinity)
            if left > 0 { try await sleep(left) }
        }
    }
}

/// The time before which no new request is sent, in seconds since 1970.
private final class Hold: Sendable {
    private let time = Mutex(0.0)

    var end: Double { time.withLock { $0 } }

    func extend(to end: Double) { time.withLock { $0 = max($0, end) } }
}
