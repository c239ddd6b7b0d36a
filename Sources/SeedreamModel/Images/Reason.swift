/// What is done to an input.
public enum Action: String, Hashable, Codable, Sendable, CaseIterable {
    /// The compressed pixels go out as they are; metadata is removed at container level.
    case passThrough = "pass-through"
    /// The picture is turned upright in the coefficient domain: no second generation of loss.
    case turn
    /// The picture is decoded and encoded anew.
    case transcode
}

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

/// Something that a person should know about an image that was prepared all the same.
public struct Notice: Hashable, Codable, Sendable {
    /// The closed table of words for it.
    public enum Code: String, Hashable, Codable, Sendable, CaseIterable {
        /// Enlarged more than four times in each direction.
        case largeEnlargement = "large-enlargement"
        /// The colour profile was carried into the output, not converted.
        case profileKept = "profile-kept"
        /// The embedded colour profile is not usable and was ignored.
        case profileIgnored = "profile-ignored"
        /// A damaged, misplaced or superfluous chunk was ignored, as decoders do.
        case chunkIgnored = "chunk-ignored"
        /// CMYK without a profile was converted by the plain formula.
        case inksWithoutProfile = "inks-without-profile"
        /// Channels that are neither colour nor usable alpha were left out.
        case channelsLeftOut = "channels-left-out"
        /// Other pictures in the file were left out.
        case picturesLeftOut = "pictures-left-out"
        /// The file calls its only image a reduced copy of another.
        case reducedCopy = "reduced-copy"
        /// The data are damaged; what could be decoded was used.
        case damaged
        /// Metadata was to be kept, but the picture had to be encoded anew.
        case metadataNotKept = "metadata-not-kept"
        /// The quality was lowered to fit a byte budget.
        case qualityReduced = "quality-reduced"
        /// The picture was made smaller to fit a byte budget.
        case areaReduced = "area-reduced"
    }

    /// The word.
    public var code: Code
    /// One line, with the numbers.
    public var message: String

    /// Makes a notice.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// How far an image was looked at.
public enum CheckLevel: String, Hashable, Codable, Sendable {
    /// Every marker or chunk to the end of the file, no pixel.
    case structure
    /// Every pixel was decoded.
    case pixels
}
