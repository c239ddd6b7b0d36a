public import Pixels

/// One picture that a host made, where it lies.
public struct GeneratedImage: Hashable, Codable, Sendable {
    /// Where a picture lies.
    public enum Location: Hashable, Codable, Sendable {
        /// On a host, for a while. The URL gives access to whoever has it.
        case url(String)
        /// In a file of this machine, to which an inline reply was streamed.
        case file(String)
    }

    /// Where it lies.
    public var location: Location
    /// What the host says it is; not believed.
    public var contentType: String?
    /// What the host says its size in px is; often it says nothing.
    public var size: PixelSize?
    /// What the host says its length in bytes is; not believed.
    public var byteCount: Int?
    /// The prompt that the provider made of the one that was sent, where it says so.
    public var revisedPrompt: String?

    /// Makes a picture.
    public init(location: Location, contentType: String? = nil, size: PixelSize? = nil, byteCount: Int? = nil)
    {
        self.location = location
        self.contentType = contentType
        self.size = size
        self.byteCount = byteCount
    }
}

extension GeneratedImage.Location {
    /// The URL or the path.
    package var text: String {
        switch self {
        case .url(let url): url
        case .file(let path): path
        }
    }
}
