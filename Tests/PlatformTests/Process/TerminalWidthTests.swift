import Platform
import Testing

@Suite("columns of text")
struct TerminalWidthTests {
    @Test(
        "are those that a terminal uses for it",
        arguments: [
            ("", 0), ("photo.jpg", 9), ("你好", 4), ("ｆ", 2), ("ﾊ", 1), ("한국어", 6), ("مرحبا", 5), ("…", 1),
            ("e\u{301}", 1), ("\u{1112}\u{1161}\u{11AB}", 2), ("مَرْحَبًا", 5), ("😀", 2), ("🇩🇪", 2), ("é", 1),
            ("你好.jpg", 8), ("\u{10F780}", 1),
        ])
    func width(_ text: String, _ columns: Int) {
        #expect(text.displayWidth == columns)
    }

    @Test("are unknown without a terminal")
    func noTerminal() {
        #expect(TerminalWidth.columns(of: -1) == nil)
    }
}
