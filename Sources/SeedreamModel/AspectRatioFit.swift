/// What happens to a picture whose aspect ratio is outside the limit.
public enum AspectRatioFit: String, Hashable, Codable, Sendable, CaseIterable {
    /// It is an error; the default.
    case refuse
    /// Bands of the background colour are added along the long sides.
    case pad
    /// The ends of the long side are cut off, equally.
    case crop
}
