import SeedreamClient
import Testing

@Suite("The rule of the request that is paid for")
struct PaidRequestTests {
    private typealias Event = PaidRequest.Event
    private typealias Step = PaidRequest.Step

    /// How an attempt can have ended before the one that is looked at.
    private enum Past: CaseIterable {
        /// There was none.
        case none
        /// It was refused, or never arrived.
        case notTaken
        /// It may have been taken.
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

    /// Every way an attempt can end.
    private static let endings: [Event] =
        [
            .answered, .unreadable, .notWritten, .interrupted, .throttled(retryAfter: 3),
            .throttled(retryAfter: nil),
        ]
        + [ClientError.Purchase.notTaken, .unknown, .taken].flatMap { purchase in
            causes.map { .failed(purchase, passing: $0, retryAfter: 2) }
        }
        + [true, false].flatMap { arrived in causes.map { .lost(mayHaveArrived: arrived, passing: $0) } }

    /// A request whose attempt is under way, and has that past; `nil` where the rule does not let
    /// it be.
    private static func underWay(honorsKey: Bool, after past: Past) -> PaidRequest? {
        var paid = PaidRequest(honorsKey: honorsKey)
        guard paid.next(after: .ready) == .send else { return nil }
        guard let event = past.event else { return paid }
        guard case .wait = paid.next(after: event), paid.next(after: .waited) == .send else { return nil }
        return paid
    }

    /// What has to come of an ending, written down anew: the step, and what is known of the
    /// purchase if nothing more is sent.
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
            Issue.record("no ending of an attempt")
            return (.send, .unknown)
        }
    }

    @Test(
        "sends again only what is proved not to be taken, or is known by its key", arguments: [true, false])
    func table(_ honorsKey: Bool) throws {
        var count = 0
        for past in Past.allCases {
            // Without a key nothing is sent after an attempt that may have been taken.
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
                // However the wait ends, what is known of the purchase is said.
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
                // What may have been taken once is unknown for good, whatever a later attempt is
                // told.
                if mayBeTaken {
                    #expect(
                        again.next(after: .failed(.notTaken, passing: nil, retryAfter: nil))
                            == .giveUp(.unknown))
                }
            }
        }
        #expect(count >= 2 * Self.endings.count)
    }

    @Test("is not sent where it is cancelled before, and then nothing was taken", arguments: [true, false])
    func cancelledBefore(_ honorsKey: Bool) {
        var paid = PaidRequest(honorsKey: honorsKey)
        #expect(paid.next(after: .cancelled) == .giveUp(.notTaken))
        #expect(paid.attempt == 0)
    }

    @Test("is sent at most once without a key, whatever comes after something that may have arrived")
    func onceWithoutKey() {
        for first in Self.endings {
            var paid = PaidRequest(honorsKey: false)
            #expect(paid.next(after: .ready) == .send)
            guard case .wait = paid.next(after: first) else { continue }
            // Only these two prove that nothing was taken.
            switch first {
            case .throttled, .lost(mayHaveArrived: false, _): break
            default: Issue.record("sent again after \(first)")
            }
        }
    }
}
