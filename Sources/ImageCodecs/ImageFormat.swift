/// The picture formats that are told apart by their first bytes, whether they are read or not; and
/// pixels in memory, which are no file.
public enum ImageFormat: String, Hashable, Codable, Sendable, CaseIterable {
    case jpeg, png, webp
    case gif, bmp, tiff, heic, heif, avif, jpegXL = "jpeg-xl", jpeg2000 = "jpeg-2000", ico, psd, svg, pdf
    /// Pixels in memory, which no file holds: red, green, blue and straight alpha, 8 bits each,
    /// sRGB, rows top to bottom.
    case rgba8

    /// The name as people write it.
    public var displayName: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .webp: "WebP"
        case .gif: "GIF"
        case .bmp: "BMP"
        case .tiff: "TIFF"
        case .heic: "HEIC"
        case .heif: "HEIF"
        case .avif: "AVIF"
        case .jpegXL: "JPEG XL"
        case .jpeg2000: "JPEG 2000"
        case .ico: "ICO"
        case .psd: "PSD"
        case .svg: "SVG"
        case .pdf: "PDF"
        case .rgba8: "RGBA pixels"
        }
    }

    /// What reads it in a build that does not: the package trait, and Debian's name for the
    /// library's development files. `nil` for formats that are read, or never are.
    package var missing: (trait: String, library: String)? {
        switch self {
        #if !GIF
        case .gif: ("GIF", "libgif-dev")
        #endif
        #if !HEIF
        case .heic, .heif, .avif: ("HEIF", "libheif-dev")
        #endif
        #if !TIFF
        case .tiff: ("TIFF", "libtiff-dev")
        #endif
        default: nil
        }
    }

    /// Whether pixels can be read from it.
    public var isReadable: Bool {
        switch self {
        case .jpeg, .png, .webp, .bmp, .rgba8: true
        #if GIF
        case .gif: true
        #endif
        #if HEIF
        case .heic, .heif, .avif: true
        #endif
        #if TIFF
        case .tiff: true
        #endif
        default: false
        }
    }

    /// The files that this build reads, as people list it: `"JPEG, PNG or WebP"`.
    package static var readableNames: String {
        let names = allCases.filter { $0.isReadable && $0 != .rgba8 }.map(\.displayName)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}
