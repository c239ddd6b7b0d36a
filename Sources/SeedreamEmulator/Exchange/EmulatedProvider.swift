/// The hosts that are stood in for.
public enum EmulatedProvider: String, Hashable, Codable, Sendable, CaseIterable {
    case fal
    case aiml
    case onerouter
    case apiframe
    case ark
}
