public import ImageCodecs
import ImagePreparation
import Pixels
public import SeedreamClient
import SeedreamModel

extension ImageVerifier {
    /// Returns a verifier that decodes every pixel with this package's codecs.
    ///
    /// - Parameter limits: The limits for one image. A provider's reply is trusted no more than a
    ///   local file.
    public static func decoding(limits: DecodeLimits = DecodeLimits()) -> ImageVerifier {
        ImageVerifier { path in
            let checked: (probe: ImageProbe, isTransparent: Bool)
            do {
                checked = try await FileCheck.decode(path, limits: limits)
            } catch let error as CancellationError {
                throw error
            } catch {
                throw Rejection("\(error)", isUnsupported: isUnsupported(error))
            }
            return Verdict(
                mediaType: checked.probe.format.mediaType, size: checked.probe.displaySize,
                isTransparent: checked.isTransparent)
        }
    }

    private static func isUnsupported(_ error: any Error) -> Bool {
        let codecError = error as? CodecError
        let error = codecError.map { PreparationError.codec($0) } ?? error as? PreparationError
        return error?.code == .unsupportedFormat || error?.code == .unsupportedFeature
    }
}

extension ImageFormat {
    /// The media type registered with IANA.
    fileprivate var mediaType: String {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .webp: "image/webp"
        case .gif: "image/gif"
        case .bmp: "image/bmp"
        case .tiff: "image/tiff"
        case .heic: "image/heic"
        case .heif: "image/heif"
        case .avif: "image/avif"
        case .jpegXL: "image/jxl"
        case .jpeg2000: "image/jp2"
        case .ico: "image/vnd.microsoft.icon"
        case .psd: "image/vnd.adobe.photoshop"
        case .svg: "image/svg+xml"
        case .pdf: "application/pdf"
        // Raw pixels, never a file format.
        case .rgba8: "application/octet-stream"
        }
    }
}
