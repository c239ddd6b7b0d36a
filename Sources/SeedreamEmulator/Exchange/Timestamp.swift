#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Times as the hosts write them.
enum Timestamp {
    /// Seconds since 1970, whole.
    static var now: Int { Int(Date().timeIntervalSince1970) }

    /// `"2026-11-21T00:27:47.828Z"`.
    static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds)
            .formatted(
                .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: true))
            + "Z"
    }

    /// An HTTP date (RFC 9110, section 5.6.7): `"Sun, 06 Nov 1994 08:49:37 GMT"`.
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
