/// The way an input is prepared.
public enum Action: String, Hashable, Codable, Sendable, CaseIterable {
    /// The compressed pixels are sent unchanged; metadata is removed from the container.
    case passThrough = "pass-through"
    /// Lossless rotation: the image is rotated in the coefficient domain, without re-encoding loss.
    case turn
    /// The image is decoded and re-encoded.
    case transcode
}

/// A reason why the image sent differs from the input. There are no reasons exactly when the bytes
/// are sent unchanged.
public enum Reason: String, Hashable, Codable, Sendable, CaseIterable {
    /// Scaled up to the minimum area.
    case belowMinimumArea = "below-minimum-area"
    /// Scaled down to the maximum area.
    case aboveMaximumArea = "above-maximum-area"
    /// The EXIF orientation was applied to the pixels.
    case rotated
    /// Stripes of the background colour were added to fit the aspect ratio.
    case padded
    /// The ends were cut off to fit the aspect ratio.
    case cropped
    /// Transparent parts were composited onto the background.
    case flattened
    /// 16 bits per sample were reduced to 8.
    case reducedTo8Bits = "reduced-to-8-bits"
    /// Colors were converted to sRGB, and the profile was omitted.
    case convertedToSRGB = "converted-to-srgb"
    /// Only the first of several images was used.
    case firstFrame = "first-frame"
    /// The profile's providers do not accept this media type.
    case mediaTypeNotAccepted = "media-type-not-accepted"
    /// The JPEG uses arithmetic coding, which few decoders support.
    case arithmeticCoding = "arithmetic-coding"
    /// The data are damaged; the decodable part was re-encoded.
    case damaged
    /// Another format was requested.
    case formatRequested = "format-requested"
    /// Encoded smaller to fit the byte budget of one image.
    case overByteBudget = "over-byte-budget"
    /// Encoded smaller to fit the byte budget of the whole request.
    case overBodyBudget = "over-body-budget"
    /// EXIF, GPS, XMP, IPTC, comments, text, thumbnails and similar metadata were removed.
    case metadataRemoved = "metadata-removed"
    /// Bytes after the end of the image were removed.
    case trailingDataRemoved = "trailing-data-removed"
    /// The missing end marker was added; all pixels were present.
    case endMarkerAdded = "end-marker-added"

    /// A short phrase for tables.
    public var phrase: String {
        switch self {
        case .belowMinimumArea: "enlarged"
        case .aboveMaximumArea: "reduced"
        case .rotated: "rotated"
        case .padded: "padded"
        case .cropped: "cropped"
        case .flattened: "flattened"
        case .reducedTo8Bits: "16 to 8 bits"
        case .convertedToSRGB: "converted to sRGB"
        case .firstFrame: "first frame"
        case .mediaTypeNotAccepted, .formatRequested: "converted"
        case .arithmeticCoding: "recoded"
        case .damaged: "damaged parts filled in"
        case .overByteBudget: "shrunk to fit the byte budget"
        case .overBodyBudget: "shrunk to fit the body budget"
        case .metadataRemoved: "metadata removed"
        case .trailingDataRemoved: "trailing data removed"
        case .endMarkerAdded: "end marker added"
        }
    }
}

/// A notice for the user about an image that was prepared nevertheless.
public struct Notice: Hashable, Codable, Sendable {
    /// The closed set of notice codes.
    public enum Code: String, Hashable, Codable, Sendable, CaseIterable {
        /// Enlarged more than four times in each direction.
        case largeEnlargement = "large-enlargement"
        /// The colour profile was kept in the output, and colours were not converted.
        case profileKept = "profile-kept"
        /// The embedded colour profile is unusable and was ignored.
        case profileIgnored = "profile-ignored"
        /// A damaged, misplaced or redundant chunk was ignored, as decoders do.
        case chunkIgnored = "chunk-ignored"
        /// CMYK without a profile was converted by the plain formula.
        case inksWithoutProfile = "inks-without-profile"
        /// Channels that are neither colour nor usable alpha were omitted.
        case channelsLeftOut = "channels-left-out"
        /// Other images in the file were omitted.
        case picturesLeftOut = "pictures-left-out"
        /// The file marks its only image as a reduced copy of another.
        case reducedCopy = "reduced-copy"
        /// The data are damaged; the decodable part was used.
        case damaged
        /// Metadata could not be kept because the image was re-encoded.
        case metadataNotKept = "metadata-not-kept"
        /// The quality was lowered to fit a byte budget.
        case qualityReduced = "quality-reduced"
        /// The image was scaled down to fit a byte budget.
        case areaReduced = "area-reduced"
    }

    /// The code.
    public var code: Code
    /// The message, on one line, with the numbers.
    public var message: String

    /// Creates a notice.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// The extent to which an image was checked.
public enum CheckLevel: String, Hashable, Codable, Sendable, CaseIterable {
    /// Every marker or chunk up to the end of the file, but no pixels.
    case structure
    /// Every pixel was decoded.
    case pixels
}
