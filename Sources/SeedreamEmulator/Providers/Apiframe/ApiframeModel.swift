import SeedreamModel

/// The Seedream models that Apiframe's validator knows. All are made alike here.
enum ApiframeModel: String, Sendable, CaseIterable {
    case seedream3 = "seedream-3"
    case seedream3Point1 = "seedream-3.1"
    case seedream4 = "seedream-4"
    case seedream4Point5 = "seedream-4.5"
    case seedream5Lite = "seedream-5-lite"
    case seedream5Pro = "seedream-5-pro"

    /// What a picture costs: the model page's price of `seedream-4`. That the others cost the same
    /// is a guess.
    static let credits = 3

    /// The entry of `GET /v2/models`.
    var catalogueEntry: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(rawValue), "label": .string(label), "modality": "image", "pricingMode": "flat",
            "description": "ByteDance's Seedream, emulated",
        ]
        if self == .seedream4 {
            members["costMin"] = .integer(Self.credits)
            members["costMax"] = .integer(Self.credits)
        }
        return .object(members)
    }

    private var label: String {
        switch self {
        case .seedream3: "Seedream 3"
        case .seedream3Point1: "Seedream 3.1"
        case .seedream4: "Seedream 4"
        case .seedream4Point5: "Seedream 4.5"
        case .seedream5Lite: "Seedream 5 Lite"
        case .seedream5Pro: "Seedream 5 Pro"
        }
    }
}
