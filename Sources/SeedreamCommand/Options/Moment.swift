import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A point in time as people write it, in UTC: `2026-11-28`, which is its first second, or
/// `2026-11-28T14:30:00Z`.
struct Moment: ExpressibleByArgument {
    /// Since 1970.
    var seconds: Double

    init?(argument: String) {
        let text = argument.utf8.count == 10 ? argument + "T00:00:00Z" : argument
        guard let date = try? Date(text, strategy: .iso8601) else { return nil }
        seconds = date.timeIntervalSince1970
    }
}
