/// How local images travel to a provider.
public enum ImageTransport: String, Hashable, Codable, Sendable, CaseIterable {
    /// By data URI if the provider prefers them and the images are small enough, otherwise by
    /// upload if the provider supports it.
    case automatic = "auto"
    /// By data URI.
    case dataURI = "data-uri"
    /// By upload.
    case upload
}
