/// The state machine of a paid request: decides whether it is sent, resent or given up, and tracks
/// what is known of the purchase.
///
/// It performs no I/O and reads no clock, so that tests can cover it by table. The loop in
/// `APIClient.submit` drives it: it passes events to ``next(after:)`` and executes the returned
/// step.
package struct PaidRequest: Hashable, Sendable {
    /// The event that the loop reports.
    package enum Event: Hashable, Sendable {
        /// The loop begins.
        case ready
        /// The provider answered with success, and the answer can be read.
        case answered
        /// The provider answered with success, and the answer cannot be read.
        case unreadable
        /// The provider refused because of too many requests; its contract says that it took
        /// nothing.
        case throttled(retryAfter: Double?)
        /// The provider answered with another error.
        ///
        /// - Parameters:
        ///   - purchase: The purchase state that the contract gives for this answer.
        ///   - passing: The cause to retry for; `nil` if the same request would fail again.
        ///   - retryAfter: The wait that the provider asks for, in seconds.
        case failed(ClientError.Purchase, passing: Backoff.Cause?, retryAfter: Double?)
        /// No reply came, or only a part of it.
        case lost(mayHaveArrived: Bool, passing: Backoff.Cause?)
        /// The reply came, but its images could not be written to a file.
        case notWritten
        /// The task was cancelled, or the deadline passed, during an attempt.
        case interrupted
        /// The task was cancelled, or the deadline passed, between attempts.
        case cancelled
        /// The wait before the next attempt is over.
        case waited
        /// No wait and no further attempt is possible: the attempts or the retry budget are used
        /// up, or the wait would be too long.
        case exhausted
    }

    /// The next step of the loop.
    package enum Step: Hashable, Sendable {
        case send
        case wait(Backoff.Cause, retryAfter: Double?)
        /// Nothing more is sent; the purchase is what is known.
        case giveUp(ClientError.Purchase)
        /// The answer has been read.
        case finish
    }

    /// Whether the provider recognizes a repeated request by its idempotency key and does not take
    /// it twice.
    package let honorsKey: Bool
    /// The number of the current or last attempt, from 1; 0 before the first.
    package private(set) var attempt = 0
    /// Whether an attempt before the current one may have been taken. The answer to a later attempt
    /// says nothing about it.
    private var mayBeTaken = false
    /// Whether the current or last attempt may have been taken.
    private var lastMayBeTaken = false
    /// The known purchase state if nothing more is sent.
    private var standing = ClientError.Purchase.notTaken

    package init(honorsKey: Bool) { self.honorsKey = honorsKey }

    /// Records an event and returns the next step.
    package mutating func next(after event: Event) -> Step {
        switch event {
        case .ready, .waited:
            mayBeTaken = mayBeTaken || lastMayBeTaken
            (lastMayBeTaken, attempt) = (false, attempt + 1)
            return .send
        case .answered: return .finish
        case .throttled(let retryAfter):
            settle(.notTaken, mayBeTaken: false)
            return .wait(.throttled, retryAfter: retryAfter)
        case .unreadable:
            settle(.unknown, mayBeTaken: true)
            return honorsKey ? .wait(.failure, retryAfter: nil) : .giveUp(standing)
        case .failed(let purchase, let cause, let retryAfter):
            settle(purchase, mayBeTaken: true)
            guard honorsKey, let cause else { return .giveUp(standing) }
            return .wait(cause, retryAfter: retryAfter)
        case .lost(let mayHaveArrived, let cause):
            settle(mayHaveArrived ? .unknown : .notTaken, mayBeTaken: mayHaveArrived)
            guard honorsKey || !mayHaveArrived, let cause else { return .giveUp(standing) }
            return .wait(cause, retryAfter: nil)
        case .notWritten, .interrupted:
            settle(.unknown, mayBeTaken: true)
            return .giveUp(standing)
        case .cancelled:
            return .giveUp(mayBeTaken || lastMayBeTaken ? .unknown : .notTaken)
        case .exhausted: return .giveUp(standing)
        }
    }

    private mutating func settle(_ purchase: ClientError.Purchase, mayBeTaken last: Bool) {
        lastMayBeTaken = last
        standing = mayBeTaken ? .unknown : purchase
    }
}
