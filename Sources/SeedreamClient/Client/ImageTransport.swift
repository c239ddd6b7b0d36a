/// How local pictures travel to a host.
public enum ImageTransport: String, Hashable, Codable, Sendable, CaseIterable {
    /// As data URIs where the host prefers them and they are small enough, else by upload where it
    /// has one.
    case automatic = "auto"
    /// As data URIs.
    case dataURI = "data-uri"
    /// By upload.
    case upload
}
