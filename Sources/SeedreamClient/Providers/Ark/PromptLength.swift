/// How long a prompt is, as Ark's advice counts it: at most 600 English words, or 300 Chinese
/// characters.
struct PromptLength {
    /// Between white space.
    let words: Int
    /// Ideographs.
    let ideographs: Int

    init(_ prompt: String) {
        words = prompt.split(whereSeparator: \.isWhitespace).count
        ideographs = prompt.unicodeScalars.count { $0.properties.isIdeographic }
    }

    var isBeyondAdvice: Bool { words > 600 || ideographs > 300 }
}
