/// How often, and how much later, a call is repeated. `reliability.md`, section 3; the formula is
/// AWS's full jitter.
public struct RetryPolicy: Hashable, Sendable {
    /// Calls at most, the first one included. 3 by default.
    public var attempts = 3
    /// Seconds: the delay before the second attempt is drawn from 0 to this. 0.5 by default.
    public var base = 0.5
    /// As ``base``, after a 429. 1 by default.
    public var throttledBase = 1.0
    /// The longest drawn delay, in seconds. 20 by default.
    public var cap = 20.0
    /// The longest `Retry-After` that is waited for, in seconds; a longer one ends the call. 120 by
    /// default.
    public var maximumRetryAfter = 120.0
    /// Tokens of the budget that all calls of a client share; a retry takes 5, one after a timeout
    /// 10, a success gives 1 back. 500 by default.
    public var budget = 500

    /// Makes the defaults.
    public init() {}

    /// One attempt, no retries.
    public static var none: RetryPolicy {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }
}
