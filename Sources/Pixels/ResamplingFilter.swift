/// The resampling kernel, applied to sRGB-encoded values.
public enum ResamplingFilter: String, Hashable, Codable, Sendable, CaseIterable {
    /// Lanczos with three lobes; the default. It is widened for reduction, so it does not alias.
    case lanczos3
    /// Lanczos with two lobes: softer, with less ringing.
    case lanczos2
    /// Catmull-Rom (bicubic with B = 0, C = ½).
    case bicubic
    /// Mitchell-Netravali (bicubic with B = C = ⅓): soft, with hardly any ringing.
    case mitchell
    /// The 36-point spline of AviSynth.
    case spline36
    /// Linear interpolation.
    case bilinear
    /// Nearest neighbour, for pixel art.
    case point
}
