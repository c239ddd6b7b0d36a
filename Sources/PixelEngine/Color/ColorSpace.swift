/// Which colours the samples of a picture mean.
package enum ColorSpace: Hashable, Sendable {
    /// sRGB, tagged so or by default; also what everything is converted to.
    case sRGB
    /// The primaries of Display P3 with the curve of sRGB: a matrix away from sRGB, and the work of
    /// the resampler.
    case displayP3
    /// Anything else, as the bytes of an ICC profile: the work of LittleCMS.
    case profile([UInt8])
    /// CMYK samples without a profile.
    case inks
}
