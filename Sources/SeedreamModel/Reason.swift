/// Why what is sent differs from what was given. Empty exactly when the bytes pass through
/// untouched.
public enum Reason: String, Hashable, Codable, Sendable, CaseIterable {
    /// Scaled up to the minimum area.
    case belowMinimumArea = "below-minimum-area"
    /// Scaled down to the maximum area.
    case aboveMaximumArea = "above-maximum-area"
    /// The EXIF orientation was applied to the pixels.
    case rotated
    /// Bands of the background were added, for the aspect ratio.
    case padded
    /// Ends were cut off, for the aspect ratio.
    case cropped
    /// Transparent parts were composited on the background.
    case flattened
    /// 16 bits a sample became 8.
    case reducedTo8Bits = "reduced-to-8-bits"
    /// Colours were converted to sRGB, and the profile left out.
    case convertedToSRGB = "converted-to-srgb"
    /// Only the first picture of several was taken.
    case firstFrame = "first-frame"
    /// The profile's hosts do not take this media type as it is.
    case mediaTypeNotAccepted = "media-type-not-accepted"
    /// Arithmetic coding, which few decoders read.
    case arithmeticCoding = "arithmetic-coding"
    /// The data are damaged: what could be decoded was encoded anew.
    case damaged
    /// Another format was asked for.
    case formatRequested = "format-requested"
    /// Encoded smaller to fit the bytes of one image.
    case overByteBudget = "over-byte-budget"
    /// Encoded smaller to fit the bytes of the whole request.
    case overBodyBudget = "over-body-budget"
    /// EXIF, GPS, XMP, IPTC, comments, text, thumbnails and the like were removed.
    case metadataRemoved = "metadata-removed"
    /// Bytes after the end of the picture were cut off.
    case trailingDataRemoved = "trailing-data-removed"
    /// The missing end marker was added; all pixels are there.
    case endMarkerAdded = "end-marker-added"

    /// A few words for tables.
    public var phrase: String {
        switch self {
        case .belowMinimumArea: "enlarged"
        case .aboveMaximumArea: "reduced"
        case .rotated: "turned"
        case .padded: "padded"
        case .cropped: "cropped"
        case .flattened: "flattened"
        case .reducedTo8Bits: "16 to 8 bits"
        case .convertedToSRGB: "converted to sRGB"
        case .firstFrame: "first frame"
        case .mediaTypeNotAccepted, .formatRequested: "converted"
        case .arithmeticCoding: "recoded"
        case .damaged: "damaged parts filled in"
        case .overByteBudget: "squeezed to the byte budget"
        case .overBodyBudget: "squeezed to the body budget"
        case .metadataRemoved: "metadata removed"
        case .trailingDataRemoved: "trailing data cut"
        case .endMarkerAdded: "end marker added"
        }
    }
}
