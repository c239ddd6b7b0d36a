public import Pixels

/// A saved image.
public struct SavedFile: Hashable, Codable, Sendable {
    /// The index of the image in the result, from 0.
    public var index: Int
    /// The path of the file.
    public var path: String
    /// The SHA-256 digest of the file, in hexadecimal.
    public var sha256: String
    /// The length of the file in bytes.
    public var byteCount: Int
    /// The media type, determined from the content.
    public var mediaType: String
    /// The size in px, if the image was decoded.
    public var size: PixelSize?
    /// A note for the user: the format is unusual, or the image could not be verified.
    public var notice: String?
    /// The modification time of the file, in seconds since 1970; `nil` for a file saved by an
    /// earlier version.
    public var modified: Double?

    /// Creates a saved file.
    public init(
        index: Int, path: String, sha256: String, byteCount: Int, mediaType: String, size: PixelSize? = nil,
        notice: String? = nil, modified: Double? = nil
    ) {
        self.index = index
        self.path = path
        self.sha256 = sha256
        self.byteCount = byteCount
        self.mediaType = mediaType
        self.size = size
        self.notice = notice
        self.modified = modified
    }
}

extension SavedFile {
    private enum CodingKeys: String, CodingKey {
        case index, path, sha256, bytes, mediaType, width, height, notice, modified
    }

    /// Decodes the JSON written by ``encode(to:)``.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        index = try values.decode(Int.self, forKey: .index)
        path = try values.decode(String.self, forKey: .path)
        sha256 = try values.decode(String.self, forKey: .sha256)
        byteCount = try values.decode(Int.self, forKey: .bytes)
        mediaType = try values.decode(String.self, forKey: .mediaType)
        size = try PixelSize(
            width: values.decodeIfPresent(Int.self, forKey: .width),
            height: values.decodeIfPresent(Int.self, forKey: .height))
        notice = try values.decodeIfPresent(String.self, forKey: .notice)
        modified = try values.decodeIfPresent(Double.self, forKey: .modified)
    }

    /// Encodes with the keys that all JSON of this project uses: `bytes`, `width`, `height`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(index, forKey: .index)
        try values.encode(path, forKey: .path)
        try values.encode(sha256, forKey: .sha256)
        try values.encode(byteCount, forKey: .bytes)
        try values.encode(mediaType, forKey: .mediaType)
        try values.encodeIfPresent(size?.width, forKey: .width)
        try values.encodeIfPresent(size?.height, forKey: .height)
        try values.encodeIfPresent(notice, forKey: .notice)
        try values.encodeIfPresent(modified, forKey: .modified)
    }
}

extension SavedFile {
    /// Returns the path of the sidecar of an image: `<image>.json`.
    static func sidecarPath(for image: String) -> String { "\(image).json" }
}

extension PixelSize {
    /// Creates a size if both sides are known.
    init?(width: Int?, height: Int?) {
        guard let width, let height else { return nil }
        self.init(width: width, height: height)
    }
}
