public import ImageCodecs
public import Pixels

/// The options for making inputs meet the constraints.
public struct PreparationOptions: Hashable, Sendable {
    /// The format of re-encoded images.
    public enum OutputFormat: String, Hashable, Sendable, CaseIterable {
        /// JPEG, or PNG if alpha is kept.
        case automatic = "auto"
        /// Every image is sent as JPEG.
        case jpeg
        /// Every image is sent as PNG.
        case png
        /// Every image is sent as WebP.
        case webp
    }

    /// The treatment of colours that are not sRGB.
    public enum ColorPolicy: String, Hashable, Sendable, CaseIterable {
        /// Colours are converted to sRGB, and the profile is omitted.
        case convert
        /// The profile is kept and colours are not converted, except from CMYK, which is always
        /// converted.
        case keep
    }

    /// The treatment of JPEG and TIFF data that are damaged or end too early.
    public enum DamagePolicy: String, Hashable, Sendable, CaseIterable {
        /// The image is rejected.
        case refuse
        /// The decodable part is re-encoded, with a notice. The decoder fills in missing parts with
        /// grey or with the image in less detail.
        case warn
    }

    /// The JPEG and WebP qualities used unless ``quality`` is set.
    static let qualityRange = 85...92

    /// The treatment of colours that are not sRGB. Default: `convert`.
    public var color = ColorPolicy.convert
    /// The format of re-encoded images. Default: `automatic`.
    public var format = OutputFormat.automatic
    /// The JPEG or WebP quality, 1 to 100. Default: a JPEG's own estimated quality, clamped to
    /// 85...92, and 92 for other formats.
    public var quality: Int?
    /// The colour onto which transparent parts are composited, and which `pad` adds. Default:
    /// white.
    public var background = RGBColor.white
    /// Whether alpha is kept, as PNG (or as WebP if that is requested). Default: `false`.
    public var keepsAlpha = false
    /// Whether images that pass through keep their metadata, GPS included. Default: `false`.
    public var keepsMetadata = false
    /// The resampling filter. Default: Lanczos3.
    public var filter = ResamplingFilter.lanczos3
    /// Whether images that pass through are also decoded completely, as a check. Default: `false`.
    public var verifies = false
    /// The treatment of damaged data. Default: `refuse`. Damage in formats other than JPEG and TIFF
    /// is always rejected.
    public var damage = DamagePolicy.refuse
    /// Whether more inputs than one request takes are an error instead of dropping the first ones.
    /// Default: `false`.
    public var isStrict = false
    /// The maximum number of images of one call in progress at once. Default: the number of
    /// processors.
    ///
    /// All calls of the process together use as many threads as there are processors, or this
    /// number if it is higher. Memory limits them further.
    public var jobs: Int?
    /// The memory for all images in progress in this process, in bytes, estimated from their
    /// headers.
    ///
    /// An image starts only if it and the images in progress, of all preparers and calls, fit
    /// within this number. Calls that use the same number therefore keep the process within it; a
    /// call with a smaller number waits until the others are done. A single image that needs more
    /// is rejected. Default: the smaller of 4 GiB and half of what the system granted when the
    /// first image was prepared (the machine's memory, the control group's limit, the limit of the
    /// address space).
    public var memoryBudget: Int?
    /// The limits on decoding an image.
    public var limits = DecodeLimits()

    /// Creates the default options.
    public init() {}
}
