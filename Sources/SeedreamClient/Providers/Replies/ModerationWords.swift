/// The words in which hosts refuse a prompt or a picture for its content. No host but Ark gives
/// such a refusal a code of its own in every case; these words stand in the examples that are
/// known.
enum ModerationWords {
    private static let words = [
        "content policy", "content_policy", "content checker", "moderation", "flagged", "sensitive content",
        "sensitive information", "nsfw",
    ]

    /// Whether a host's text, or its word for an error, speaks of such a refusal.
    static func appear(in text: String) -> Bool {
        let text = text.lowercased()
        return words.contains { text.contains($0) }
    }
}
