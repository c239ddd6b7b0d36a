package import HTTPTypes

/// The `Retry-After` header (RFC 9110, section 10.2.3).
package enum RetryAfter {
    /// Returns the requested wait in seconds from now: 0 for a time in the past, `nil` if the
    /// header is missing or malformed.
    ///
    /// A date is compared with the reply's own `Date`, so that a wrong clock on this machine does
    /// no harm.
    ///
    /// - Parameter now: The time in seconds since 1970, used for a reply without `Date`.
    package static func seconds(in fields: HTTPFields, now: Double) -> Double? {
        guard let text = fields[.retryAfter]?.trimmed, !text.isEmpty else { return nil }
        if let seconds = Double(text), text.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) }) {
            return seconds.isFinite ? seconds : nil
        }
        guard let date = date(text) else { return nil }
        return max(0, date - (fields[.date].flatMap { self.date($0.trimmed) } ?? now))
    }

    /// Returns the seconds since 1970 of an HTTP date in any of its three formats (RFC 9110,
    /// section 5.6.7); `nil` if it is malformed.
    package static func date(_ text: String) -> Double? {
        var words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        guard !words.isEmpty else { return nil }
        words.removeFirst()
        // `Sun Nov  6 08:49:37 1994` is the format of C's asctime; the others put the day first.
        if words.count == 4, Int(words[0]) == nil { words = [words[1], words[0], words[3], words[2], "GMT"] }
        guard words.count == 5, words[4] == "GMT", let day = Int(words[0]), (1...31).contains(day),
            let month = months.firstIndex(of: words[1]), var year = Int(words[2]), (0...9999).contains(year)
        else { return nil }
        if words[2].utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
        let clock = words[3].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        return Double(
            days(year, month + 1, day) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2])
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Returns the days since 1970-01-01 (Howard Hinnant's `days_from_civil`).
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension String {
    /// The text without leading and trailing white space.
    fileprivate var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
