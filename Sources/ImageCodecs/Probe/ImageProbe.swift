package import PixelEngine
public import Pixels

/// The facts in the header of an image, read without decoding pixels.
public struct ImageProbe: Hashable, Sendable {
    /// The colour model of the stored samples.
    public enum ColorModel: String, Hashable, Codable, Sendable, CaseIterable {
        /// One channel.
        case grey
        /// Y'CbCr, three channels.
        case yCbCr = "ycbcr"
        /// Red, green and blue.
        case rgb
        /// Indices into a palette of RGB colours.
        case palette
        /// Cyan, magenta, yellow and black.
        case cmyk
        /// CMYK, with cyan, magenta and yellow stored as Y'CbCr.
        case ycck
    }

    /// The format, by its first bytes.
    public var format: ImageFormat
    /// The stored size, before the orientation is applied, in px.
    public var size: PixelSize
    /// The orientation from EXIF or TIFF. Default: `topLeft`.
    public var orientation = Orientation.topLeft
    /// The colour model of the stored samples.
    public var colorModel: ColorModel
    /// Bits of one sample, or of one palette index.
    public var bitDepth = 8
    /// Whether there is an alpha channel, or a transparent colour or palette entry.
    public var hasAlpha = false
    /// The subsampling of Y'CbCr in J:a:b notation; `nil` for other models.
    public var chromaSubsampling: String?
    /// Whether this is a progressive JPEG or interlaced PNG, whose decoding needs the whole image
    /// in memory.
    public var isProgressive = false
    /// The number of images in the file: frames of an animation, pages, or images of a
    /// multi-picture file. At least 1.
    public var frameCount = 1
    /// The size of the file in bytes.
    public var byteCount: Int
    /// JPEG only: the quality on libjpeg's scale, 1 to 100, estimated from the quantisation tables.
    public var estimatedQuality: Int?
    /// The embedded ICC profile's description, or "unnamed"; `nil` without a profile.
    public var profileName: String?
    /// Whether the header holds EXIF, XMP, comments, thumbnails or the like; more metadata may
    /// follow the pixels.
    public var hasMetadata = false
    /// Remarks about the header.
    package var remarks: [Remark] = []
    /// The embedded ICC profile, if it is usable.
    package var profile: ColorProfile?
    /// The memory for decoding besides rows in flight, in bytes.
    package var decodeMemory = 0
    /// JPEG only: whether it is arithmetic-coded, which few decoders read.
    package var isArithmeticCoded = false
    /// JPEG only: whether the header holds segments that T.81 reserves, at which libjpeg gives up.
    package var hasReservedSegments = false
    /// The chroma subsampling, if JPEG has it too.
    package var planeSubsampling: ChromaSubsampling?
    /// Whether the planes can be read as coded and have the same meaning as JPEG's.
    package var hasPlanes = false
    /// The reason why this build cannot decode the image; `nil` without one.
    package var unsupportedFeature: String?
    /// The colour space of the samples.
    package var colorSpace = ColorSpace.sRGB
    /// The source of the colour space if it is not a profile: `"Adobe RGB (EXIF)"`,
    /// `"gAMA and cHRM"`.
    package var colorOrigin: String?
    /// CMYK only: whether 0 is full ink, as Adobe writes it.
    package var hasInvertedCMYK = false

    /// A remark about the header for the plan.
    package enum Remark: Hashable, Sendable {
        /// The profile is ignored. The value is the reason.
        case profileIgnored(String)
        /// The file marks its only image as a reduced copy of another.
        case reducedCopy
        /// Decoders ignore a chunk because it is damaged, misplaced or redundant. The values are
        /// its name and the reason.
        case chunkIgnored(String, String)
        /// The number of channels left out because they are neither colour nor alpha: spot colours,
        /// saved selections.
        case channelsLeftOut(Int)
    }

    /// The size after the orientation is applied, in px.
    public var displaySize: PixelSize { orientation.displaySize(of: size) }

    /// Whether the samples are CMYK, also if stored as YCCK.
    package var isCMYK: Bool { colorModel == .cmyk || colorModel == .ycck }
    /// The channels of the colour model: 1, 3 or 4.
    package var colorChannels: Int { colorModel == .grey ? 1 : isCMYK ? 4 : 3 }
}
