public import Pixels

/// A picture on disk.
public struct SavedFile: Hashable, Codable, Sendable {
    /// Which picture of the result, from 0.
    public var index: Int
    /// The file.
    public var path: String
    /// Of the file, in hexadecimal.
    public var sha256: String
    /// Its length in bytes.
    public var byteCount: Int
    /// What it is, by its content.
    public var mediaType: String
    /// Its size in px, if it was decoded.
    public var size: PixelSize?

    /// Makes a file.
    public init(
        index: Int, path: String, sha256: String, byteCount: Int, mediaType: String, size: PixelSize? = nil
    ) {
        self.index = index
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.size = size
    }
}
