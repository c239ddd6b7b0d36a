import ImageCodecs
import Pixels

/// A planned image with all that is needed to carry the plan out.
struct ImageJob: Sendable {
    var planned: PlannedImage
    var input: ImageInput
    var probe: ImageProbe
    /// Of the file that was planned; `nil` where there is no file.
    var identity: FileIdentity?
    /// The display size after cropping or padding, before scaling, in px.
    var framed: PixelSize
    /// Memory that the work takes at its peak, estimated, in bytes.
    var estimatedBytes: Int
}
