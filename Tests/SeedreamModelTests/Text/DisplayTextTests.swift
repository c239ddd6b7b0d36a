import Foundation
import SeedreamModel
import Testing

/// Text from outside is shown with all characters escaped that could control a terminal or hide.
@Suite("visible text")
struct DisplayTextTests {
    @Test(
        "escapes characters that control, hide or reverse",
        arguments: [
            ("\u{1B}[2J", "\\u{1B}[2J"), ("\u{9B}31m", "\\u{9B}31m"), ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{0}\u{7}\u{8}\u{7F}", "\\u{0}\\u{7}\\u{8}\\u{7F}"), ("\u{202E}gpj.exe", "\\u{202E}gpj.exe"),
            ("\u{2066}\u{2069}", "\\u{2066}\\u{2069}"),
            ("\u{200B}\u{200E}\u{200F}", "\\u{200B}\\u{200E}\\u{200F}"),
            ("\u{2028}\u{2029}", "\\u{2028}\\u{2029}"), ("\u{FEFF}\u{61C}", "\\u{FEFF}\\u{61C}"),
            ("\u{E0041}", "\\u{E0041}"), ("a\r\nb", "a\\r\\nb"),
        ])
    func escaped(_ text: String, _ visible: String) {
        #expect(text.visible == visible)
        #expect(visible.visible == visible)
    }

    @Test(
        "leaves printable text alone",
        arguments: [
            "dog.jpg", "夜にする 🐕", "caf\u{E9}", "cafe\u{301}", "back\\slash", "e\u{FE0F}", "\u{FFFD}", " ",
        ])
    func plain(_ text: String) {
        #expect(text.visible == text)
        #expect(text.visibleJSON == text)
    }

    @Test("has no invisible character for any scalar, and JSON round-trips")
    func everything() throws {
        // Bytes of file names that are not UTF-8.
        let standsForByte = UInt32(0x10F780)...0x10F7FF
        var checked = 0
        for value in (UInt32(0)...0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))"
            let isDangerous =
                value < 0x20 || (0x7F...0x9F).contains(value) || (0x200B...0x200F).contains(value)
                || (0x2028...0x202E).contains(value) || (0x2060...0x2069).contains(value) || value == 0xFEFF
                || value == 0x061C
            let unassigned = value == 0x2065
            guard isDangerous && !unassigned else {
                // A sample of the others: unchanged, unless their category is escaped.
                guard value % 97 == 0, !scalar.isInvisible else { continue }
                let shown =
                    standsForByte.contains(value)
                    ? "a\\x\(String(value & 0xFF, radix: 16, uppercase: true))" : text
                if text.visible != shown { Issue.record("U+\(String(value, radix: 16))") }
                continue
            }
            checked += 1
            if text.visible.unicodeScalars.contains(scalar) { Issue.record("U+\(String(value, radix: 16))") }
            let encoded = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self).visibleJSON
            if encoded.unicodeScalars.contains(scalar) { Issue.record("JSON: U+\(String(value, radix: 16))") }
            let decoded = try JSONDecoder().decode([String].self, from: Data(encoded.utf8))
            if decoded != [text] { Issue.record("JSON: U+\(String(value, radix: 16)) is \(decoded)") }
        }
        #expect(checked == 0x20 + 0x21 + 5 + 7 + 9 + 2)
    }

    @Test("in JSON escapes a character beyond the basic plane as a surrogate pair")
    func pairs() throws {
        #expect("\"\u{E0041}\"".visibleJSON == "\"\\uDB40\\uDC41\"")
        #expect("{\n  \"a\" : \"\u{202E}\"\n}".visibleJSON == "{\n  \"a\" : \"\\u202E\"\n}")
    }
}
