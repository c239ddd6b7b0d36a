/// The kernel that computes new samples from old ones, applied to sRGB-encoded values.
public enum ResamplingFilter: String, Hashable, Codable, Sendable, CaseIterable {
    /// Lanczos with three lobes; the default. Widened for reduction, so it does not alias.
    case lanczos3
    /// Lanczos with two lobes: softer, less ringing.
    case lanczos2
    /// Catmull-Rom (bicubic with B = 0, C = ½).
    case bicubic
    /// Mitchell-Netravali (bicubic with B = C = ⅓): no ringing to speak of, soft.
    case mitchell
    /// The 36-point spline of AviSynth.
    case spline36
    /// Linear interpolation.
    case bilinear
    /// Nearest neighbour, for pixel art.
    case point
}
