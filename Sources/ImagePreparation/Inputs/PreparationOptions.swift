public import ImageCodecs
public import Pixels

/// How inputs are turned into what the constraints ask for.
public struct PreparationOptions: Hashable, Sendable {
    /// The format of pictures that must be encoded anew.
    public enum OutputFormat: String, Hashable, Sendable, CaseIterable {
        /// JPEG, or PNG where alpha is kept.
        case automatic = "auto"
        /// Every picture goes out as JPEG.
        case jpeg
        /// Every picture goes out as PNG.
        case png
        /// Every picture goes out as WebP.
        case webp
    }

    /// What happens to colours that are not sRGB.
    public enum ColorPolicy: String, Hashable, Sendable, CaseIterable {
        /// They are converted to sRGB, and the profile is left out.
        case convert
        /// The profile is carried; nothing is converted. CMYK is converted all the same.
        case keep
    }

    /// What happens to JPEG and TIFF data that are damaged or end too early.
    public enum DamagePolicy: String, Hashable, Sendable, CaseIterable {
        /// The image is refused.
        case refuse
        /// What can be decoded is encoded anew, with a notice. What is missing is whatever the
        /// decoder fills in: grey, or the image with fewer details.
        case warn
    }

    /// The JPEG and WebP qualities used unless ``quality`` is set.
    static let qualityRange = 85...92

    /// `convert` by default.
    public var color = ColorPolicy.convert
    /// `auto` by default.
    public var format = OutputFormat.automatic
    /// JPEG or WebP quality, 1 to 100. By default a JPEG keeps its own estimated quality, held
    /// between 85 and 92, and everything else gets 92.
    public var quality: Int?
    /// What transparent parts are composited on, and what `pad` adds. White by default.
    public var background = RGBColor.white
    /// Whether alpha is kept, as PNG (or WebP if asked for). Off by default.
    public var keepsAlpha = false
    /// Whether pictures that pass through keep their metadata, GPS included. Off by default.
    public var keepsMetadata = false
    /// Lanczos3 by default.
    public var filter = ResamplingFilter.lanczos3
    /// Whether every pixel of pictures that pass through is decoded as well. Off by default.
    public var verifies = false
    /// `refuse` by default. Damage of formats other than JPEG and TIFF is always refused.
    public var damage = DamagePolicy.refuse
    /// Whether more inputs than one request takes is an error instead of dropping the first ones.
    /// Off by default.
    public var isStrict = false
    /// Images of one call in work at once, at most; the number of processors by default.
    ///
    /// All calls of the process together use as many threads as there are processors, or this many
    /// if it is more. Memory bounds them further.
    public var jobs: Int?
    /// Memory for all images in work in this process, in bytes, estimated from their headers.
    ///
    /// An image starts only if those in work, of all preparers and calls, and itself are within
    /// this number. So calls that agree on it keep the process within it, and one with a smaller
    /// number waits until the others are done. An image that needs more by itself is refused.
    /// Default: the smaller of 4 GiB and half of what the system granted when the first image was
    /// prepared (the machine's memory, the control group's limit, the limit of the address space).
    public var memoryBudget: Int?
    /// What a picture may cost to read.
    public var limits = DecodeLimits()

    /// Makes the default options.
    public init() {}
}
