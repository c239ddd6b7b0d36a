public import Pixels

/// An image that is ready to send.
public struct PreparedImage: Hashable, Sendable {
    /// The index of the input, from 0.
    public var index: Int
    /// The image's number in a prompt ("image 1"), from 1.
    public var position: Int
    /// The properties of the input.
    public var source: SourceFacts
    /// The action taken.
    public var action: Action
    /// The reasons why the image differs from the input; empty exactly when ``isIdentical`` is
    /// true.
    public var reasons: [Reason]
    /// Notices for the user.
    public var notices: [Notice]
    /// The extent to which the input was checked.
    public var checked: CheckLevel
    /// Whether ``bytes`` are the input's bytes, unchanged.
    public var isIdentical: Bool
    /// The media type of ``bytes``.
    public var mediaType: MediaType
    /// The displayed size, in px.
    public var size: PixelSize
    /// The encoded image.
    public var bytes: EncodedBytes

    /// The image as a data URI, whose text is generated while it is written.
    public var dataURI: DataURI { DataURI(mediaType: mediaType, bytes: bytes) }

    /// Creates a prepared image from its parts.
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

/// The properties in the header of an input, in the words used in JSON.
public struct SourceFacts: Hashable, Codable, Sendable {
    /// The input's name.
    public var name: String
    /// The format, from the magic bytes: `"jpeg"`, `"png"`, `"webp"` and so on; `"rgba8"` for
    /// pixels in memory.
    public var format: String
    /// The stored width before the orientation is applied, in px.
    public var width: Int
    /// The stored height before the orientation is applied, in px.
    public var height: Int
    /// The EXIF orientation, 1 to 8.
    public var orientation: Int
    /// The encoded size in bytes; for pixels in memory, four bytes per pixel.
    public var bytes: Int
    /// The description of the embedded ICC profile; `nil` without one.
    public var colorProfile: String?
    /// The other source of the colour space: `"Adobe RGB (EXIF)"`, `"gAMA and cHRM"`, `"nclx"`;
    /// `nil` without one, or if it is sRGB.
    public var colorOrigin: String?
    /// Whether the image has an alpha channel, a transparent colour or a transparent palette entry.
    public var alpha: Bool
    /// The colour model: `"grey"`, `"ycbcr"`, `"rgb"`, `"palette"`, `"cmyk"` or `"ycck"`.
    public var colorModel: String
    /// Bits per sample.
    public var bitDepth: Int
    /// The chroma subsampling (`"4:2:0"` and so on), or `nil` without chroma.
    public var chromaSubsampling: String?
    /// Whether the image is a progressive JPEG or an interlaced PNG.
    public var progressive: Bool
    /// The number of images in the file.
    public var frames: Int
    /// The estimated JPEG quality, 1 to 100.
    public var quality: Int?

    /// Creates the facts from their values.
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
