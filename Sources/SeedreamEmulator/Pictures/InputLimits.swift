import ImageCodecs
import Pixels

/// What a host takes as an input image.
struct InputLimits: Sendable {
    /// By magic bytes.
    var formats: Set<ImageFormat>
    /// Encoded bytes of one image.
    var maximumBytes: Int
    /// Characters of one data URI.
    var maximumURILength = Int.max
    /// The shortest side, in px: a side must be longer than 14 px.
    var minimumSide = 15
    /// Width times height, in px²: 36 000 000.
    var maximumPixels = 36_000_000
    /// The long side over the short one.
    var maximumAspectRatio: Double
}
