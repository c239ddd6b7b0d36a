/// Times as people of this machine read and write them: in its time zone, with the offset from UTC.
///
/// The time zone is that of the C library: the variable `TZ`, otherwise the setting of the system.
/// A zone that the C library does not know counts as UTC, and the offset says so.
package enum LocalTime {
    /// Returns a time to the minute, such as `2026-11-28 14:30 +01:00`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package static func text(_ seconds: Double) -> String {
        let time = time_t(exactly: seconds.rounded(.down)) ?? 0
        let parts = localParts(time)
        let offset = Int(parts.tm_gmtoff)
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return day(parts) + " \(two(Int(parts.tm_hour))):\(two(Int(parts.tm_min))) "
            + "\(sign)\(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// Returns the seconds since 1970 of a written time; `nil` for other text.
    ///
    /// A day, `2026-11-28`, means its first second. A time of day follows it after `T` or a space,
    /// with minutes or seconds: `2026-11-28T14:30`. It is local unless an offset ends it, such as
    /// `Z`, `+01:00` or `+0100`. Of a local time that occurs twice when clocks are set back, the
    /// first is meant; one that is skipped when they are set forward counts from before the change.
    package static func seconds(_ text: String) -> Double? {
        var rest = Substring(text)
        guard let year = number(4, from: &rest), skip("-", in: &rest),
            let month = number(2, from: &rest), skip("-", in: &rest), let day = number(2, from: &rest)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (Int32(year - 1900), Int32(month - 1), Int32(day))
        var offset: Int?
        if !rest.isEmpty {
            guard skip("T", in: &rest) || skip("t", in: &rest) || skip(" ", in: &rest),
                let hour = number(2, from: &rest), hour < 24, skip(":", in: &rest),
                let minute = number(2, from: &rest), minute < 60
            else { return nil }
            (parts.tm_hour, parts.tm_min) = (Int32(hour), Int32(minute))
            if skip(":", in: &rest) {
                guard let second = number(2, from: &rest), second < 60 else { return nil }
                parts.tm_sec = Int32(second)
            }
            if !rest.isEmpty {
                offset = Self.offset(rest)
                guard offset != nil else { return nil }
            }
        }
        var normalized = parts
        let utc = timegm(&normalized)
        // A day that the month does not have would become one of the next month.
        guard normalized.tm_mon == parts.tm_mon, normalized.tm_mday == parts.tm_mday else { return nil }
        return Double(offset.map { Int(utc) - $0 } ?? local(Int(utc)))
    }

    /// Returns the time at which local clocks show what clocks in UTC show at `utc`.
    private static func local(_ utc: Int) -> Int {
        // No change of clocks is within a day of another one.
        let (before, after) = (offset(at: utc - 86_400), offset(at: utc + 86_400))
        let candidates = [utc - before, utc - after].filter { offset(at: $0) == utc - $0 }
        return candidates.min() ?? utc - before
    }

    private static func offset(at seconds: Int) -> Int { Int(localParts(time_t(seconds)).tm_gmtoff) }

    private static func localParts(_ time: time_t) -> tm {
        var (time, parts) = (time, tm())
        // `localtime_r` need not read `TZ` (POSIX).
        tzset()
        localtime_r(&time, &parts)
        return parts
    }

    private static func day(_ parts: tm) -> String {
        let year = String(Int(parts.tm_year) + 1900)
        let zeros = String(repeating: "0", count: max(0, 4 - year.count))
        return "\(zeros)\(year)-\(two(Int(parts.tm_mon) + 1))-\(two(Int(parts.tm_mday)))"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: Parsing

    /// Returns the seconds of an offset such as `Z`, `+01:00`, `+0100` or `+01`.
    private static func offset(_ text: Substring) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        var rest = text
        let isNegative = skip("-", in: &rest)
        guard isNegative || skip("+", in: &rest), let hours = number(2, from: &rest), hours < 24 else {
            return nil
        }
        var minutes = 0
        if !rest.isEmpty {
            _ = skip(":", in: &rest)
            guard let number = number(2, from: &rest), number < 60, rest.isEmpty else { return nil }
            minutes = number
        }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes) * 60
    }

    /// Takes a number of exactly `count` digits.
    private static func number(_ count: Int, from text: inout Substring) -> Int? {
        let digits = text.utf8.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        text = text.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func skip(_ character: Character, in text: inout Substring) -> Bool {
        guard text.first == character else { return false }
        text.removeFirst()
        return true
    }
}
