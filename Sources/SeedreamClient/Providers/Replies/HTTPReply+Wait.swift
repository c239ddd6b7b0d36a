import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension HTTPReply {
    /// Seconds that `Retry-After` asks to wait; `nil` without the field, and for a text that is
    /// neither a number nor a date.
    var secondsToWait: Double? {
        RetryAfter.seconds(in: head.headerFields, now: Date().timeIntervalSince1970)
    }
}
