/// Colour where the stream is a terminal, nothing elsewhere.
struct Style {
    private let isColored: Bool

    init(descriptor: Int32) { isColored = Terminal.allowsColor(on: descriptor) }

    func red(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
    func yellow(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[33m\(text)\u{1B}[0m" : text }
    func bold(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func dim(_ text: TerminalText) -> TerminalText { isColored ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
