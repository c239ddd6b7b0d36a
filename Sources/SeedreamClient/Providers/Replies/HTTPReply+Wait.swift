#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension HTTPReply {
    /// Seconds that `Retry-After` asks to wait (RFC 9110, section 10.2.3): a whole number, or a date, which is held against this
    /// machine's clock. Never below 0; `nil` without the field, and for a text that is neither.
    var secondsToWait: Double? {
        guard let text = field("Retry-After") else { return nil }
        if let seconds = Double(text) { return seconds.isFinite ? max(0, seconds) : nil }
        return Self.date(text).map { max(0, $0.timeIntervalSinceNow) }
    }

    /// `"Sun, 06 Nov 1994 08:49:37 GMT"`, the one form that RFC 9110 lets anyone send.
    private static func date(_ text: String) -> Date? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," })
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard words.count == 8, words[7] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let numbers = [3, 1, 4, 5, 6].compactMap { Int(words[$0]) }
        guard numbers.count == 5 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(
            from: DateComponents(
                year: numbers[0], month: month + 1, day: numbers[1], hour: numbers[2], minute: numbers[3],
                second: numbers[4]))
    }
}
