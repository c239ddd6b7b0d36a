/// A provider that serves Seedream 4.
public enum ProviderID: String, Hashable, Codable, Sendable, CaseIterable {
    /// fal (fal.ai).
    case fal
    /// AIML API (aimlapi.com).
    case aiml
    /// OneRouter (onerouter.pro).
    case onerouter
    /// Apiframe (apiframe.ai).
    case apiframe
    /// Ark (ModelArk of BytePlus).
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
