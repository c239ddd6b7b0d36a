import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Whether, and after how long, a call is repeated. Chance, sleep and clock are handed in, so that
/// tests need not wait.
package struct Backoff: Sendable {
    /// Why a call is repeated.
    package enum Cause: Hashable, Sendable {
        case failure
        case timeout
        /// The host answered 429.
        case throttled

        /// Tokens of the budget: the AWS SDKs' numbers.
        var cost: Int { self == .timeout ? 10 : 5 }

        /// Why a request that was answered with this status may be answered better later; `nil`
        /// where it will not. 501 will not.
        package init?(status: Int) {
            switch status {
            case 429: self = .throttled
            case 408, 504: self = .timeout
            case 500, 502, 503: self = .failure
            default: return nil
            }
        }
    }

    /// How often, and how much later.
    package let policy: RetryPolicy
    /// Shared by all calls of a client.
    package let budget: RetryBudget
    /// Until when a client sends no new paid request; shared by all its calls. A client has one
    /// provider and one key, which is what a 429 is about.
    private let hold = Hold()
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

    /// The upper bound of the drawn delay after an attempt, in seconds: it doubles with each, up to
    /// the cap.
    package func bound(after attempt: Int, _ cause: Cause) -> Double {
        let base = cause == .throttled ? policy.throttledBase : policy.base
        var bound = max(base, 0)
        for _ in 1..<max(attempt, 1) where bound < policy.cap { bound *= 2 }
        return min(bound, policy.cap)
    }

    /// Waits before the next attempt, unless there is to be none: all attempts are made, the budget
    /// is spent, the provider asks for more patience than the policy has, or the wait would not be
    /// over before the deadline.
    ///
    /// - Parameters:
    ///   - attempt: The number of the one that failed, from 1.
    ///   - retryAfter: What the provider asks for, in seconds. The drawn delay is added, lest all
    ///     come back in the same moment.
    ///   - deadline: When the next attempt would be too late.
    /// - Returns: Whether another attempt is to be made.
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

    /// Waits as long as another call of the client was told to: a request that is begun meanwhile
    /// would be refused as well, and a run has many.
    ///
    /// - Parameter deadline: Is not waited beyond; the provider then decides.
    /// - Throws: `CancellationError`.
    package func waitForOthers(by deadline: Deadline = .never) async throws {
        var seen = 0.0
        // Once more where another call was told to wait longer meanwhile.
        while case let end = hold.end, end > seen {
            seen = end
            let left = min(end - now(), deadline.remaining ?? .infinity)
            if left > 0 { try await sleep(left) }
        }
    }
}

/// A point in time before which nothing new is sent, in seconds since 1970.
private final class Hold: Sendable {
    private let time = Mutex(0.0)

    var end: Double { time.withLock { $0 } }

    func extend(to end: Double) { time.withLock { $0 = max($0, end) } }
}
