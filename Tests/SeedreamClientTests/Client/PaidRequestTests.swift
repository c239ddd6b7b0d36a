import SeedreamClient
import Testing

@Suite("state machine of the paid request")
struct PaidRequestTests {
    private typealias Event = PaidRequest.Event
    private typealias Step = PaidRequest.Step

    /// The outcome of earlier attempts.
    private enum Past: CaseIterable {
        /// There was no earlier attempt.
        case none
        /// The attempt was refused, or never arrived.
        case notTaken
        /// The attempt may have been accepted.
        case perhaps

        var event: Event? {
            switch self {
            case .none: nil
            case .notTaken: .throttled(retryAfter: nil)
            case .perhaps: .lost(mayHaveArrived: true, passing: .failure)
            }
        }
    }

    private static let causes: [Backoff.Cause?] = [nil, .failure, .timeout]

    /// Every way in which an attempt can end.
    private static let endings: [Event] =
        [
            .answered, .unreadable, .notWritten, .interrupted, .throttled(retryAfter: 3),
            .throttled(retryAfter: nil),
        ]
        + [ClientError.Purchase.notTaken, .unknown, .taken].flatMap { purchase in
            causes.map { .failed(purchase, passing: $0, retryAfter: 2) }
        }
        + [true, false].flatMap { arrived in causes.map { .lost(mayHaveArrived: arrived, passing: $0) } }

    /// Returns a request with an attempt under way after the given past; `nil` if the rule forbids
    /// such an attempt.
    private static func underWay(honorsKey: Bool, after past: Past) -> PaidRequest? {
        var paid = PaidRequest(honorsKey: honorsKey)
        guard paid.next(after: .ready) == .send else { return nil }
        guard let event = past.event else { return paid }
        guard case .wait = paid.next(after: event), paid.next(after: .waited) == .send else { return nil }
        return paid
    }

    /// Returns the expected result of an ending, independent of the implementation: the step, and
    /// the state of the purchase if nothing more is sent.
    private static func expected(
        _ ending: Event, honorsKey: Bool, after past: Past
    ) -> (step: Step, purchase: ClientError.Purchase) {
        let wasTaken = past == .perhaps
        switch ending {
        case .answered: return (.finish, .taken)
        case .unreadable:
            return (honorsKey ? .wait(.failure, retryAfter: nil) : .giveUp(.unknown), .unknown)
        case .notWritten, .interrupted: return (.giveUp(.unknown), .unknown)
        case .throttled(let seconds):
            return (.wait(.throttled, retryAfter: seconds), wasTaken ? .unknown : .notTaken)
        case .failed(let purchase, let cause, let seconds):
            let known = wasTaken ? .unknown : purchase
            guard honorsKey, let cause else { return (.giveUp(known), known) }
            return (.wait(cause, retryAfter: seconds), known)
        case .lost(let arrived, let cause):
            let known: ClientError.Purchase = wasTaken || arrived ? .unknown : .notTaken
            guard honorsKey || !arrived, let cause else { return (.giveUp(known), known) }
            return (.wait(cause, retryAfter: nil), known)
        case .ready, .cancelled, .waited, .exhausted:
            Issue.record("not the ending of an attempt")
            return (.send, .unknown)
        }
    }

    @Test(
        "sends again only if nothing was accepted, or if a key identifies the request",
        arguments: [true, false])
    func table(_ honorsKey: Bool) throws {
        var count = 0
        for past in Past.allCases {
            // Without a key, nothing is sent after an attempt that may have been accepted.
            guard let before = Self.underWay(honorsKey: honorsKey, after: past) else {
                #expect(past == .perhaps && !honorsKey)
                continue
            }
            for ending in Self.endings {
                var paid = before
                let what = "\(ending), key \(honorsKey), past \(past)"
                let (step, purchase) = Self.expected(ending, honorsKey: honorsKey, after: past)
                #expect(paid.next(after: ending) == step, "\(what)")
                count += 1
                guard case .wait = step else { continue }
                // Each end of the wait reports the state of the purchase.
                var exhausted = paid
                #expect(exhausted.next(after: .exhausted) == .giveUp(purchase), "\(what)")
                var cancelled = paid
                let mayBeTaken =
                    switch ending {
                    case .throttled: past == .perhaps
                    case .lost(let arrived, _): past == .perhaps || arrived
                    default: true
                    }
                #expect(
                    cancelled.next(after: .cancelled) == .giveUp(mayBeTaken ? .unknown : .notTaken), "\(what)"
                )
                var again = paid
                #expect(again.next(after: .waited) == .send, "\(what)")
                #expect(again.attempt == before.attempt + 1)
                // Once a request may have been accepted, its outcome stays unknown, regardless of
                // later replies.
                if mayBeTaken {
                    #expect(
                        again.next(after: .failed(.notTaken, passing: nil, retryAfter: nil))
                            == .giveUp(.unknown))
                }
            }
        }
        #expect(count >= 2 * Self.endings.count)
    }

    @Test("is not sent if it is cancelled before, and then nothing was accepted", arguments: [true, false])
    func cancelledBefore(_ honorsKey: Bool) {
        var paid = PaidRequest(honorsKey: honorsKey)
        #expect(paid.next(after: .cancelled) == .giveUp(.notTaken))
        #expect(paid.attempt == 0)
    }

    @Test("without a key is sent at most once after an attempt that may have arrived")
    func onceWithoutKey() {
        for first in Self.endings {
            var paid = PaidRequest(honorsKey: false)
            #expect(paid.next(after: .ready) == .send)
            guard case .wait = paid.next(after: first) else { continue }
            // Only these two prove that nothing was accepted.
            switch first {
            case .throttled, .lost(mayHaveArrived: false, _): break
            default: Issue.record("sent again after \(first)")
            }
        }
    }
}
