/// The two things that are asked of a host.
public enum GenerationOperation: String, Hashable, Codable, Sendable {
    /// Pictures in, pictures out.
    case edit
    /// Words in, pictures out.
    case generate
}
