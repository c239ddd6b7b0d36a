import Synchronization

/// Remembers verified webhooks and rejects replays. All tasks of a process may share it; another
/// process needs its own.
public final class WebhookReplayGuard: Sendable {
    private struct State {
        var seen: Set<[UInt8]> = []
        /// The messages in order of arrival, each with its expiry time.
        var order: [(expiry: Double, identity: [UInt8])] = []
    }

    /// The time for which a webhook is remembered, in seconds.
    public let window: Double
    private let state = Mutex(State())

    /// Creates a guard that has seen no webhook.
    ///
    /// - Parameter window: The time in seconds. Default: 600, as fal's signatures are valid from
    ///   300 s before their time to 300 s after it, that is, for 600 s.
    public init(window: Double = 600) { self.window = window }

    /// Admits and remembers a verified message.
    ///
    /// - Parameters:
    ///   - identity: The identity of the message: a digest of everything signed.
    ///   - now: The current time in seconds since 1970.
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

    /// Forgets a message whose processing failed, so that the provider's next delivery is admitted.
    package func forget(_ identity: [UInt8]) {
        state.withLock { state in
            guard state.seen.remove(identity) != nil else { return }
            state.order.removeAll { $0.identity == identity }
        }
    }
}
