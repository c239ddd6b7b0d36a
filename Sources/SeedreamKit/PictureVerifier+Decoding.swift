public import ImageCodecs
import ImagePreparation
import Pixels
public import SeedreamClient

extension PictureVerifier {
    /// Decodes every pixel with this package's codecs.
    ///
    /// - Parameter limits: What a picture may ask for; a hostile host is no better than a hostile file.
    public static func decoding(limits: DecodeLimits = DecodeLimits()) -> PictureVerifier {
        PictureVerifier { path in
            let probe: ImageProbe
            do {
                probe = try await FileCheck.decode(path, limits: limits)
            } catch let error as CancellationError {
                throw error
            } catch {
                throw Rejection("\(error)")
            }
            guard let mediaType = probe.format.mediaType else {
                throw Rejection("expected a JPEG, PNG or WebP, found \(probe.format.displayName)")
            }
            return Verdict(mediaType: mediaType, size: probe.displaySize)
        }
    }
}

extension ImageFormat {
    /// The media type of the formats that hosts make.
    fileprivate var mediaType: String? {
        switch self {
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .webp: "image/webp"
        default: nil
        }
    }
}
