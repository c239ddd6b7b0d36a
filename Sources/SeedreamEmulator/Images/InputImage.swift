import ImageCodecs
import Pixels
import SeedreamModel

/// An input image that a provider has accepted: the data needed to draw and to identify it.
struct InputImage: Sendable {
    /// The image as it is drawn, at most 384 px a side.
    let tile: Tile
    /// The display size in px; `nil` if the image was not fetched.
    let size: PixelSize?
    /// The media type, such as `"image/jpeg"`, or `"URL"` if the image was not fetched.
    let kind: String
    /// Whether it has an alpha channel, or a transparent colour.
    let hasAlpha: Bool
    /// The size of the encoded image in bytes.
    let byteCount: Int
    /// The SHA-256 of the encoded bytes, or of the URL if the image was not fetched.
    let sha256: String
    /// A JPEG of at most 160 px a side, for the emulator's page.
    let thumbnail: [UInt8]

    /// Whether it is a PNG with an alpha channel. An image that was not fetched counts as one.
    var isTransparentPNG: Bool { size == nil || (kind == MediaType.png.rawValue && hasAlpha) }
}

/// A provider's limits on an input image.
struct InputLimits: Sendable {
    /// The accepted formats, which are determined by magic bytes.
    var formats: Set<ImageFormat>
    /// The maximum size of an encoded image, in bytes.
    var maximumBytes: Int
    /// The maximum length of a data URI, in characters.
    var maximumURILength = Int.max
    /// The minimum length of a side, in px: sides must be longer than 14 px.
    var minimumSide = 15
    /// The maximum area, in px².
    var maximumPixels = 36_000_000
    /// The maximum ratio of the long side to the short one.
    var maximumAspectRatio: Double
}

/// The reason why a provider refuses an input image.
enum InputViolation: Error, Hashable, Sendable {
    /// Neither a data URI nor an HTTP(S) URL.
    case notAURI
    /// A data URI that is malformed or whose base64 cannot be decoded. The value explains why.
    case badDataURI(String)
    case uriTooLong(length: Int, maximum: Int)
    /// The data URI's media type differs from the format of its bytes.
    case mediaTypeMismatch(declared: String, found: ImageFormat)
    case unsupportedFormat(String)
    case undecodable(String)
    case tooManyBytes(Int, maximum: Int)
    case tooSmall(PixelSize, minimum: Int)
    case tooManyPixels(PixelSize, maximum: Int)
    case aspectRatio(PixelSize, maximum: Double)
    /// There is no file at the URL, or it may not be fetched.
    case notDownloadable(String)

    /// The expected and found values, for providers that respond with a text.
    var message: String {
        switch self {
        case .notAURI: "Invalid url"
        case .badDataURI(let what): "Invalid data URI: \(what)"
        case .uriTooLong(let length, let maximum):
            "Data URI is too long: \(length) characters, at most \(maximum)"
        case .mediaTypeMismatch(let declared, let found):
            "The data URI says \(declared), the bytes are \(found.displayName)"
        case .unsupportedFormat(let found): "Unsupported image format: \(found)"
        case .undecodable(let what): "Failed to load the image: \(what)"
        case .tooManyBytes(let bytes, let maximum):
            "The image has \(bytes) bytes and exceeds the limit (\(maximum) bytes)"
        case .tooSmall(let size, let minimum):
            "Image too small: \(size.width)x\(size.height), sides must be at least \(minimum) px"
        case .tooManyPixels(let size, let maximum):
            "Image exceeds the maximum allowed total pixels. Current dimensions: \(size) = \(size.area) pixels. Maximum allowed: \(maximum) pixels."
        case .aspectRatio(let size, let maximum):
            "expected the aspect ratio to be between \(Self.hundredths(1 / maximum)) and \(Self.hundredths(maximum)), but received image with aspect ratio: \(Self.hundredths(Double(size.width) / Double(size.height))) instead"
        case .notDownloadable(let url):
            "Failed to download the file. Please check if the URL is accessible and try again: \(url.prefix(200))"
        }
    }

    private static func hundredths(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
