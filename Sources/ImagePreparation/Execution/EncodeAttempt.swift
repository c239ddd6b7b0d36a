import Pixels
import SeedreamModel

/// One way to encode a picture.
struct EncodeAttempt: Hashable, Sendable {
    var mediaType: MediaType
    /// The display size of the result, in px.
    var size: PixelSize
    /// JPEG or WebP quality, 1 to 100.
    var quality: Int
    /// Of JPEG results in colour.
    var subsampling: ChromaSubsampling
    var keepsAlpha: Bool
}
