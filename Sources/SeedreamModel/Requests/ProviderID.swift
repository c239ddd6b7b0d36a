/// A provider that serves Seedream 4.
public enum ProviderID: String, Hashable, Codable, Sendable, CaseIterable {
    case fal
    case aiml
    case onerouter
    case apiframe
    case ark

    /// The name that the provider uses for itself, as `"AIML API"`.
    public var displayName: String {
        switch self {
        case .fal: "fal"
        case .aiml: "AIML API"
        case .onerouter: "OneRouter"
        case .apiframe: "Apiframe"
        case .ark: "Ark"
        }
    }
}
