/// The rule of the request that is paid for: whether it is sent, sent again or given up, and what
/// is known of the purchase then.
///
/// It does no input or output and reads no clock, so that a table can test it. `APIClient.submit`
/// is the one loop that drives it: it tells what happened by ``next(after:)`` and does what comes
/// back.
package struct PaidRequest: Hashable, Sendable {
    /// What happened.
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
        ///   - purchase: What the contract says of a request that is answered so.
        ///   - passing: Why the same request may be answered better later; `nil` where it will not.
        ///   - retryAfter: Seconds that the provider asks to wait.
        case failed(ClientError.Purchase, passing: Backoff.Cause?, retryAfter: Double?)
        /// No reply came, or not all of it.
        case lost(mayHaveArrived: Bool, passing: Backoff.Cause?)
        /// The reply came, and its images could not be written to a file.
        case notWritten
        /// The task was cancelled, or the time was up, while the request was under way.
        case interrupted
        /// The task was cancelled, or the time was up, while nothing was under way.
        case cancelled
        /// The wait before another attempt is over.
        case waited
        /// There is no wait, and no other attempt: all are made, the budget is spent, or the wait
        /// would be too long.
        case exhausted
    }

    /// What the loop does next.
    package enum Step: Hashable, Sendable {
        case send
        case wait(Backoff.Cause, retryAfter: Double?)
        /// Nothing more is sent. What is known of the purchase is said.
        case giveUp(ClientError.Purchase)
        /// The answer is there.
        case finish
    }

    /// Whether the provider knows a repeated request by the key that goes along, and does not take
    /// it twice.
    package let honorsKey: Bool
    /// The number of the attempt that is under way or was the last, from 1; 0 before the first.
    package private(set) var attempt = 0
    /// Whether an attempt before this one may have been taken. What a later one is told says
    /// nothing about it.
    private var mayBeTaken = false
    /// Whether the last attempt may have been taken.
    private var lastMayBeTaken = false
    /// What is known of the purchase if nothing more is sent.
    private var standing = ClientError.Purchase.notTaken

    package init(honorsKey: Bool) { self.honorsKey = honorsKey }

    /// Takes in what happened, and says what to do.
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
