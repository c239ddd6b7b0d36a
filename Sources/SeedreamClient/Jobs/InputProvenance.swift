public import Pixels
public import SeedreamModel

/// The record of an input in sidecars and the ledger: its source, how it was prepared, and a
/// digest, never its bytes.
public struct InputProvenance: Hashable, Codable, Sendable {
    /// The index of the input, from 0.
    public var index: Int
    /// The name that the user gave: a path, or a URL without its query.
    public var name: String
    /// The SHA-256 digest of the bytes sent, in hexadecimal; `nil` for a URL that was passed on.
    public var sha256: String?
    /// How the input was prepared; `nil` for a URL that was passed on.
    public var action: Action?
    /// The reasons that the bytes sent differ from the file.
    public var reasons: [Reason]
    /// The size of the image sent, in px; `nil` for a URL that was passed on.
    public var size: PixelSize?

    /// Creates a provenance.
    public init(
        index: Int, name: String, sha256: String? = nil, action: Action? = nil, reasons: [Reason] = [],
        size: PixelSize? = nil
    ) {
        self.index = index
        self.name = name
        self.sha256 = sha256
        self.action = action
        self.reasons = reasons
        self.size = size
    }
}

extension InputProvenance {
    private enum CodingKeys: String, CodingKey {
        case index, name, sha256, action, reasons, width, height
    }

    /// Decodes the JSON written by ``encode(to:)``.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        index = try values.decode(Int.self, forKey: .index)
        name = try values.decode(String.self, forKey: .name)
        sha256 = try values.decodeIfPresent(String.self, forKey: .sha256)
        action = try values.decodeIfPresent(Action.self, forKey: .action)
        reasons = try values.decode([Reason].self, forKey: .reasons)
        size = try PixelSize(
            width: values.decodeIfPresent(Int.self, forKey: .width),
            height: values.decodeIfPresent(Int.self, forKey: .height))
    }

    /// Encodes the size as `width` and `height`, as all JSON of this project does.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(index, forKey: .index)
        try values.encode(name, forKey: .name)
        try values.encodeIfPresent(sha256, forKey: .sha256)
        try values.encodeIfPresent(action, forKey: .action)
        try values.encode(reasons, forKey: .reasons)
        try values.encodeIfPresent(size?.width, forKey: .width)
        try values.encodeIfPresent(size?.height, forKey: .height)
    }
}
