package import PixelEngine
public import Pixels

/// What the header of a picture says. Nothing here needs a pixel to be decoded.
public struct ImageProbe: Hashable, Sendable {
    /// How the samples are coded.
    public enum ColorModel: String, Hashable, Codable, Sendable {
        /// One channel.
        case grey
        /// Y'CbCr, three channels.
        case yCbCr = "ycbcr"
        /// Red, green and blue.
        case rgb
        /// Indices into a palette of RGB colours.
        case palette
        /// Four inks.
        case cmyk
        /// Four inks, three of them as Y'CbCr.
        case ycck
    }

    /// By magic bytes.
    public var format: ImageFormat
    /// As stored, before the orientation, in px.
    public var size: PixelSize
    /// From EXIF; `topLeft` where nothing valid is said.
    public var orientation = Orientation.topLeft
    /// How the samples are coded.
    public var colorModel: ColorModel
    /// Bits of one sample, or of one palette index.
    public var bitDepth = 8
    /// Whether there is an alpha channel, or a transparent colour or palette entry.
    public var hasAlpha = false
    /// The J:a:b notation for Y'CbCr, `nil` for other models.
    public var chromaSubsampling: String?
    /// Progressive JPEG or interlaced PNG: the whole picture must be in memory to be decoded.
    public var isProgressive = false
    /// Pictures in the file: frames of an animation, or pictures of a multi-picture file. At least
    /// 1.
    public var frameCount = 1
    /// Encoded bytes.
    public var byteCount: Int
    /// The quality that libjpeg's scale gives to the quantisation tables, 1 to 100; JPEG only.
    public var estimatedQuality: Int?
    /// The embedded ICC profile's description, or "unnamed"; `nil` without a profile.
    public var profileName: String?
    /// Whether the header holds EXIF, XMP, comments, thumbnails or the like; there may be more
    /// behind the pixels.
    public var hasMetadata = false
    /// Things worth saying about the header.
    package var remarks: [Remark] = []
    /// The embedded profile.
    package var profile: ColorProfile?
    /// What decoding needs beside rows in flight, in bytes.
    package var decodeMemory = 0
    /// JPEG only: arithmetic coding, which few decoders read.
    package var isArithmeticCoded = false
    /// JPEG only: the header holds segments that T.81 reserves, at which libjpeg gives up.
    package var hasReservedSegments = false
    /// How chroma is coded, where it is coded in a way that JPEG has too.
    package var planeSubsampling: ChromaSubsampling?
    /// Whether the planes can be had as they are coded, and mean what JPEG's do.
    package var hasPlanes = false
    /// JPEG only: the structure cannot be decoded by the linked codec; says why.
    package var unsupportedFeature: String?
    /// Which colours the samples mean.
    package var colorSpace = ColorSpace.sRGB
    /// Where the colour space comes from if not from a profile: `"Adobe RGB (EXIF)"`,
    /// `"gAMA and cHRM"`.
    package var colorOrigin: String?
    /// CMYK only: 0 is full ink, as Adobe writes it.
    package var hasInvertedInks = false

    /// Something in the header that the plan should mention.
    package enum Remark: Hashable, Sendable {
        /// The profile is larger than the limit or not a profile; it is ignored.
        case profileIgnored(String)
        /// The file calls its only image a reduced copy of another.
        case reducedCopy
        /// A chunk of this name is damaged, misplaced or superfluous, and decoders ignore it; says
        /// why.
        case chunkIgnored(String, String)
        /// So many channels are neither colour nor alpha: spot colours, saved selections.
        case channelsLeftOut(Int)
    }

    /// The size after the orientation is applied, in px.
    public var displaySize: PixelSize { orientation.displaySize(of: size) }

    /// Whether the samples are inks.
    package var isInks: Bool { colorModel == .cmyk || colorModel == .ycck }
    /// Channels of the colour model: 1, 3 or 4.
    package var colorChannels: Int { colorModel == .grey ? 1 : isInks ? 4 : 3 }
}
