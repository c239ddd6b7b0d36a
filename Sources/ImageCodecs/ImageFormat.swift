/// The image formats recognised by their first bytes, readable or not, and pixels in memory.
public enum ImageFormat: String, Hashable, Codable, Sendable, CaseIterable {
    /// JPEG.
    case jpeg
    /// PNG.
    case png
    /// WebP.
    case webp
    /// GIF; read with the package trait `GIF`.
    case gif
    /// BMP.
    case bmp
    /// TIFF; read with the package trait `TIFF`.
    case tiff
    /// HEIF with HEVC, as phones write it; read with the package trait `HEIF`.
    case heic
    /// HEIF with a general brand; read with the package trait `HEIF`.
    case heif
    /// AVIF; read with the package trait `HEIF`.
    case avif
    /// JPEG XL; recognised, not read.
    case jpegXL = "jpeg-xl"
    /// JPEG 2000; recognised, not read.
    case jpeg2000 = "jpeg-2000"
    /// ICO; recognised, not read.
    case ico
    /// PSD; recognised, not read.
    case psd
    /// SVG; recognised, not read.
    case svg
    /// PDF; recognised, not read.
    case pdf
    /// Pixels in memory, never a file: red, green, blue and straight alpha, 8 bits each, sRGB, rows
    /// from top to bottom.
    case rgba8

    /// The usual name, such as "JPEG XL".
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

    /// The package trait that would add reading of the format, and the Debian package of its
    /// library. `nil` for formats that this build reads, or that no build reads.
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

    /// Whether this build reads the format.
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

    /// The file formats that this build reads, as a list: `"JPEG, PNG or WebP"`.
    package static var readableNames: String {
        let names = allCases.filter { $0.isReadable && $0 != .rgba8 }.map(\.displayName)
        return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }
}
