import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The clock by which results, uploads and idempotency keys expire: the system's, moved forward by
/// as much as ``advance(by:)`` was told. Expiry can be tried without waiting for it.
public final class EmulatorClock: Sendable {
    private let offset = Mutex(0.0)

    /// Makes a clock that shows the system's time.
    public init() {}

    /// The time, in seconds since 1970.
    public var now: Double { Date().timeIntervalSince1970 + offset.withLock { $0 } }

    /// Moves the clock forward.
    ///
    /// - Parameter seconds: Seconds; a value that is negative or not finite moves nothing.
    public func advance(by seconds: Double) {
        guard seconds.isFinite, seconds > 0 else { return }
        offset.withLock { $0 += seconds }
    }
}
