import Foundation
import Platform
import TestSupport
import Testing

/// Times in several time zones. Zones are written as rules where the machine may have no time zone
/// data.
@Suite("local times", .serialized)
struct LocalTimeTests {
    private static let newYork = "EST5EDT,M3.2.0,M11.1.0"
    private static let kolkata = "<+0530>-5:30"

    /// Runs `body` in a time zone; `nil` is that of the system.
    private static func at(_ zone: String?, _ body: () -> Void) {
        let before = getenv("TZ").map { String(cString: $0) }
        func set(_ value: String?) {
            if let value { setenv("TZ", value, 1) } else { unsetenv("TZ") }
        }
        set(zone)
        body()
        set(before)
        tzset()
    }

    /// Seconds since 1970 of a time in UTC.
    private static func utc(_ text: String) throws -> Double {
        try Date(text, strategy: .iso8601).timeIntervalSince1970
    }

    @Test(
        "are shown to the minute, with the offset that holds then",
        arguments: [
            (kolkata, "2026-11-28T09:00:59Z", "2026-11-28 14:30 +05:30"),
            (kolkata, "2026-11-28T18:30:00Z", "2026-11-29 00:00 +05:30"),
            (newYork, "2026-11-01T05:30:00Z", "2026-11-01 01:30 -04:00"),
            (newYork, "2026-11-01T06:30:00Z", "2026-11-01 01:30 -05:00"),
            (newYork, "2026-03-08T06:59:59Z", "2026-03-08 01:59 -05:00"),
            (newYork, "2026-03-08T07:00:00Z", "2026-03-08 03:00 -04:00"),
            ("", "2026-11-28T09:00:00Z", "2026-11-28 09:00 +00:00"),
            ("Nowhere/City", "2026-11-28T09:00:00Z", "2026-11-28 09:00 +00:00"),
            ("<-0930>9:30", "1969-12-31T23:59:59Z", "1969-12-31 14:29 -09:30"),
        ])
    func shown(_ zone: String, _ time: String, _ text: String) throws {
        let seconds = try Self.utc(time)
        Self.at(zone) { #expect(LocalTime.text(seconds) == text) }
    }

    @Test(
        "are read in the local zone, unless an offset ends them",
        arguments: [
            (kolkata, "2026-11-28", "2026-11-27T18:30:00Z"),
            (kolkata, "2026-11-28T14:30", "2026-11-28T09:00:00Z"),
            (kolkata, "2026-11-28 14:30:15", "2026-11-28T09:00:15Z"),
            (kolkata, "2026-11-28T14:30Z", "2026-11-28T14:30:00Z"),
            (kolkata, "2026-11-28T14:30+01:00", "2026-11-28T13:30:00Z"),
            (kolkata, "2026-11-28T14:30:00-0330", "2026-11-28T18:00:00Z"),
            (kolkata, "2026-11-28T00:30+01", "2026-11-27T23:30:00Z"),
            // Of a time that occurs twice, the first; one that is skipped counts from before.
            (newYork, "2026-11-01T01:30", "2026-11-01T05:30:00Z"),
            (newYork, "2026-11-01T02:00", "2026-11-01T07:00:00Z"),
            (newYork, "2026-11-02", "2026-11-02T05:00:00Z"),
            (newYork, "2026-03-08", "2026-03-08T05:00:00Z"),
            (newYork, "2026-03-08T02:30", "2026-03-08T07:30:00Z"),
            (newYork, "2026-03-09", "2026-03-09T04:00:00Z"),
            ("Nowhere/City", "2026-11-28", "2026-11-28T00:00:00Z"),
            ("", "2024-02-29", "2024-02-29T00:00:00Z"),
        ])
    func read(_ zone: String, _ text: String, _ time: String) throws {
        let seconds = try Self.utc(time)
        Self.at(zone) { #expect(LocalTime.seconds(text) == seconds) }
    }

    @Test(
        "are refused in any other form, and if there is no such day or hour",
        arguments: [
            "", "yesterday", "2026", "2026-11", "2026-11-31", "2026-02-29", "2026-13-01", "2026-00-10",
            "2026-11-28T", "2026-11-28T14", "2026-11-28T24:00", "2026-11-28T14:60", "2026-11-28T14:30:60",
            "2026-11-28T14:30+", "2026-11-28T14:30+1", "2026-11-28T14:30+01:60", "2026-11-28T14:30+01:00Z",
            "2026-11-28T14:30 +01:00", "2026-11-28T14:30+24:00", "26-11-28", "2026-11-28x", " 2026-11-28",
            "٢٠٢٦-11-28",
        ])
    func refused(_ text: String) { #expect(LocalTime.seconds(text) == nil) }

    @Test(
        "obey the time zone data of the system: a day may begin at 01:00",
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/America/Sao_Paulo"),
            "there are no time zone data"))
    func system() throws {
        let start = try Self.utc("2018-11-04T03:00:00Z")
        Self.at("America/Sao_Paulo") {
            #expect(LocalTime.seconds("2018-11-04") == start)
            #expect(LocalTime.text(start) == "2018-11-04 01:00 -02:00")
        }
        Self.at("Asia/Kolkata") { #expect(LocalTime.text(0) == "1970-01-01 05:30 +05:30") }
    }

    @Test("without TZ are those of the system, and the text is read as the time that it shows")
    func unset() {
        Self.at(nil) {
            let text = LocalTime.text(1_795_863_600)
            #expect(text.wholeMatch(of: #/\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d\d:\d\d/#) != nil)
            let written = text.prefix(16) + text.suffix(6)
            #expect(LocalTime.seconds(String(written)) == 1_795_863_600)
        }
    }
}
