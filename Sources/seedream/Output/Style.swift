/// Colour where the stream is a terminal, nothing elsewhere.
struct Style {
    private let isColored: Bool

    init(descriptor: Int32) { isColored = Terminal.allowsColor(on: descriptor) }

    func red(_ text: String) -> String { wrap(text, "31") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func bold(_ text: String) -> String { wrap(text, "1") }
    func dim(_ text: String) -> String { wrap(text, "2") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
