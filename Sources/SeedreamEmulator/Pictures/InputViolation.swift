import ImageCodecs
import Pixels

/// Why a host does not take an input image.
enum InputViolation: Error, Hashable, Sendable {
    /// Neither a data URI nor an http(s) URL.
    case notAURI
    /// A data URI that is none, or whose base64 is wrong.
    case badDataURI(String)
    case uriTooLong(length: Int, maximum: Int)
    /// The media type says one format, the bytes are another.
    case mediaTypeMismatch(declared: String, found: ImageFormat)
    case unsupportedFormat(String)
    case undecodable(String)
    case tooManyBytes(Int, maximum: Int)
    case tooSmall(PixelSize, minimum: Int)
    case tooManyPixels(PixelSize, maximum: Int)
    case aspectRatio(PixelSize, maximum: Double)
    /// Nothing lies behind the URL, or it may not be fetched.
    case notDownloadable(String)

    /// What was expected and what was found, for hosts that answer with a text.
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
