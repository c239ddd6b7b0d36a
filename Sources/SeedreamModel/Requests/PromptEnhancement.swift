/// How a host rewrites the prompt before the model sees it.
public enum PromptEnhancement: String, Hashable, Codable, Sendable, CaseIterable {
    /// With care.
    case standard
    /// With less care, sooner.
    case fast
    /// Not at all; few hosts can.
    case off
}
