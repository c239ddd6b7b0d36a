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
}
