public import Pixels

/// An image that is ready to be sent.
public struct PreparedImage: Hashable, Sendable {
    /// Which input it was, from 0.
    public var index: Int
    /// The number that a prompt means by "image 1", from 1.
    public var position: Int
    /// What the input was.
    public var source: SourceFacts
    /// What was done.
    public var action: Action
    /// Why it differs from the input; empty exactly when ``isIdentical``.
    public var reasons: [Reason]
    /// What a person should know.
    public var notices: [Notice]
    /// How far it was looked at.
    public var checked: CheckLevel
    /// Whether ``bytes`` are the input's bytes.
    public var isIdentical: Bool
    /// Of ``bytes``.
    public var mediaType: MediaType
    /// As it will be shown, in px.
    public var size: PixelSize
    /// The encoded picture.
    public var bytes: EncodedBytes

    /// The picture as a data URI; its text is made while it is written.
    public var dataURI: DataURI { DataURI(mediaType: mediaType, bytes: bytes) }

    /// Makes a prepared image from its parts.
    public init(
        index: Int, position: Int, source: SourceFacts, action: Action, reasons: [Reason], notices: [Notice],
        checked: CheckLevel, isIdentical: Bool, mediaType: MediaType, size: PixelSize, bytes: EncodedBytes
    ) {
        self.index = index
        self.position = position
        self.source = source
        self.action = action
        self.reasons = reasons
        self.notices = notices
        self.checked = checked
        self.isIdentical = isIdentical
        self.mediaType = mediaType
        self.size = size
        self.bytes = bytes
    }
}

/// What the header of an input says, in the words of the JSON.
public struct SourceFacts: Hashable, Codable, Sendable {
    /// The input's name.
    public var name: String
    /// By magic bytes: `"jpeg"`, `"png"`, `"webp"` and so on; `"rgba8"` for pixels in memory.
    public var format: String
    /// Stored columns, before the orientation, in px.
    public var width: Int
    /// Stored rows, before the orientation, in px.
    public var height: Int
    /// The EXIF value, 1 to 8.
    public var orientation: Int
    /// Encoded bytes; of pixels, four for each.
    public var bytes: Int
    /// The description of the embedded ICC profile, `nil` without one.
    public var colorProfile: String?
    /// What else says which colours are meant: `"Adobe RGB (EXIF)"`, `"gAMA and cHRM"`, `"nclx"`;
    /// `nil` if nothing does, or sRGB is meant.
    public var colorOrigin: String?
    /// Whether there is an alpha channel, transparent colour or transparent palette entry.
    public var alpha: Bool
    /// `"grey"`, `"ycbcr"`, `"rgb"`, `"palette"`, `"cmyk"` or `"ycck"`.
    public var colorModel: String
    /// Bits of one sample.
    public var bitDepth: Int
    /// `"4:2:0"` and so on, `nil` where there is no chroma.
    public var chromaSubsampling: String?
    /// Progressive JPEG or interlaced PNG.
    public var progressive: Bool
    /// Pictures in the file.
    public var frames: Int
    /// The estimated JPEG quality, 1 to 100.
    public var quality: Int?

    /// Makes facts from their values.
    public init(
        name: String, format: String, width: Int, height: Int, orientation: Int, bytes: Int,
        colorProfile: String?, colorOrigin: String?,
        alpha: Bool, colorModel: String, bitDepth: Int, chromaSubsampling: String?, progressive: Bool,
        frames: Int,
        quality: Int?
    ) {
        self.name = name
        self.format = format
        self.width = width
        self.height = height
        self.orientation = orientation
        self.bytes = bytes
        self.colorProfile = colorProfile
        self.colorOrigin = colorOrigin
        self.alpha = alpha
        self.colorModel = colorModel
        self.bitDepth = bitDepth
        self.chromaSubsampling = chromaSubsampling
        self.progressive = progressive
        self.frames = frames
        self.quality = quality
    }
}
