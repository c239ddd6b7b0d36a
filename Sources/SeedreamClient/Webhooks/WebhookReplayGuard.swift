import Synchronization

/// Remembers what was verified, so that a webhook which someone recorded and sends again is
/// refused. May be shared by all tasks of a process; another process has its own.
public final class WebhookReplayGuard: Sendable {
    private struct State {
        var seen: Set<[UInt8]> = []
        /// In the order of arrival, each with the time at which it is forgotten.
        var order: [(expiry: Double, identity: [UInt8])] = []
    }

    /// Seconds for which a webhook is remembered.
    public let window: Double
    private let state = Mutex(State())

    /// Makes a guard that has seen nothing.
    ///
    /// - Parameter window: Seconds. 600 by default: fal's signatures count from 300 s before their
    ///   time to 300 s after it, so that one that was seen at the earliest moment is still good 600
    ///   s later.
    public init(window: Double = 600) { self.window = window }

    /// Remembers a verified message.
    ///
    /// - Parameters:
    ///   - identity: What tells it from others: a digest of all that is signed.
    ///   - now: Seconds since 1970.
    /// - Returns: `false` if it was seen within ``window``.
    package func admit(_ identity: [UInt8], now: Double) -> Bool {
        state.withLock { state in
            let expired = state.order.prefix { $0.expiry <= now }
            for entry in expired { state.seen.remove(entry.identity) }
            state.order.removeFirst(expired.count)
            guard state.seen.insert(identity).inserted else { return false }
            state.order.append((now + window, identity))
            return true
        }
    }

    /// Forgets a message whose work failed, so that the host's next delivery of it is let in.
    package func forget(_ identity: [UInt8]) {
        state.withLock { state in
            guard state.seen.remove(identity) != nil else { return }
            state.order.removeAll { $0.identity == identity }
        }
    }
}
