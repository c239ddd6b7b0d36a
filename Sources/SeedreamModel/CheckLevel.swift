/// How far an image was looked at.
public enum CheckLevel: String, Hashable, Codable, Sendable {
    /// Every marker or chunk to the end of the file, no pixel.
    case structure
    /// Every pixel was decoded.
    case pixels
}
