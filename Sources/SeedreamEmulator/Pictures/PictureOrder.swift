import Pixels
import SeedreamModel

/// What a host has understood of a request: the pictures to make.
struct PictureOrder: Sendable {
    var prompt: String
    var inputs: [InputPicture]
    var size: PixelSize
    /// Pictures to make.
    var count: Int
    var seed: Int
    var mediaType: MediaType
    /// Whether `AI` stands in the lower right corner, as it does on Ark's pictures unless it is
    /// switched off.
    var isWatermarked = false
}
