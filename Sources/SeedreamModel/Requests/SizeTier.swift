/// How large a picture is, whatever its shape.
public enum SizeTier: String, Hashable, Codable, Sendable, CaseIterable {
    /// About 1 megapixel.
    case k1 = "1K"
    /// About 4 megapixels.
    case k2 = "2K"
    /// About 16 megapixels, the most.
    case k4 = "4K"

    /// The side in px of the square with the tier's area: 1024, 2048, 4096.
    public var side: Int {
        switch self {
        case .k1: 1024
        case .k2: 2048
        case .k4: 4096
        }
    }
}
