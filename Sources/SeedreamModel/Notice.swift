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
