import HTTPTypes
import SeedreamClient
import Testing

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    static let now = 784_111_777.0

    @Test(
        "is seconds or a date; an unreadable value is ignored",
        arguments: [
            ("0", 0), ("1", 1), ("120", 120), ("1.5", 1.5), (" 7 ", 7), ("1000000000", 1e9), ("-1", nil),
            ("", nil),
            ("soon", nil), ("1e9", nil), ("0x10", nil), ("nan", nil), ("inf", nil), ("1,5", nil), (".", nil),
            ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:27 GMT", 0), ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
            ("Sun Nov  6 08:49:47 1994", 10), ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400),
            ("Sun, 06 Nov 1994 08:49:47", nil), ("Sun, 06 Nov 1994 08:49:47 PST", nil),
            ("Sun, 32 Nov 1994 08:49:47 GMT", nil), ("Sun, 06 Foo 1994 08:49:47 GMT", nil),
            ("Sun, 06 Nov 1994 25:49:47 GMT", nil), ("Sun, 06 Nov 1994 08:49 GMT", nil),
            ("99999999999999999999", 1e20),
        ] as [(String, Double?)])
    func reading(_ text: String, _ expected: Double?) {
        #expect(RetryAfter.seconds(in: [.retryAfter: text], now: Self.now) == expected)
    }

    @Test("a date is relative to the reply's own clock")
    func skew() {
        // This machine's clock is a day late; the provider means two seconds.
        let fields: HTTPFields = [
            .retryAfter: "Mon, 07 Nov 1994 08:49:39 GMT", .date: "Mon, 07 Nov 1994 08:49:37 GMT",
        ]
        #expect(RetryAfter.seconds(in: fields, now: Self.now) == 2)
        #expect(
            RetryAfter.seconds(in: [.retryAfter: fields[.retryAfter] ?? "", .date: "?"], now: Self.now)
                == 86_402)
    }

    @Test("may be missing")
    func missing() { #expect(RetryAfter.seconds(in: [:], now: Self.now) == nil) }

    @Test(
        "dates of other centuries and of leap days are right",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
            ("Fri, 01 Jan 2100 00:00:00 GMT", 4_102_444_800),
        ])
    func dates(_ text: String, _ seconds: Double) { #expect(RetryAfter.date(text) == seconds) }
}
