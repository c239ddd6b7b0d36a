import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The clock that decides when results, uploads and idempotency keys expire: the system's clock
/// plus the sum of all ``advance(by:)`` calls. It lets a test reach an expiry without waiting.
public final class EmulatorClock: Sendable {
    private let offset = Mutex(0.0)

    /// Creates a clock that shows the system's time.
    public init() {}

    /// The current time, in seconds since 1970.
    public var now: Double { Date().timeIntervalSince1970 + offset.withLock { $0 } }

    /// Moves the clock forward.
    ///
    /// - Parameter seconds: The number of seconds. Negative and non-finite values have no effect.
    public func advance(by seconds: Double) {
        guard seconds.isFinite, seconds > 0 else { return }
        offset.withLock { $0 += seconds }
    }
}

/// Sleeps whose length comes from outside: a header, a fault rule, a setting.
enum Pause {
    /// The longest sleep, in seconds: one year, which `Duration` can represent.
    private static let longest = 365.0 * 86_400

    /// Sleeps for a number of seconds; returns at once if it is negative or not a number.
    ///
    /// - Throws: `CancellationError`.
    static func sleep(seconds: Double) async throws {
        let bounded = seconds.isNaN ? 0 : min(max(0, seconds), longest)
        try await Task.sleep(for: .seconds(bounded))
    }
}

/// Times in the formats that providers use.
enum Timestamp {
    /// The current time in whole seconds since 1970.
    static var now: Int { Int(Date().timeIntervalSince1970) }

    /// Returns a time in the form `"2026-11-21T00:27:47.828Z"`.
    static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds)
            .formatted(
                .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: true))
            + "Z"
    }

    /// Returns an HTTP date (RFC 9110, section 5.6.7): `"Sun, 06 Nov 1994 08:49:37 GMT"`.
    static func http(_ seconds: Double) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second, .weekday],
            from: Date(timeIntervalSince1970: seconds))
        func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
        return
            "\(days[(parts.weekday ?? 1) - 1]), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 0) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
    }
}
