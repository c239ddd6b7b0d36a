/// Colour that is described by numbers instead of a profile: PNG's gAMA, cHRM and cICP, EXIF's
/// Adobe RGB.
package struct DescribedColor: Hashable, Sendable {
    /// How light becomes code.
    package enum Curve: Hashable, Sendable {
        case sRGB
        case bt709
        /// Light is the code raised to this power.
        case gamma(Double)
    }

    package var chromaticities: Chromaticities
    package var curve: Curve

    package init(_ chromaticities: Chromaticities, _ curve: Curve) {
        self.chromaticities = chromaticities
        self.curve = curve
    }

    /// Adobe RGB (1998): its gamma is 2 + 51/256.
    package static let adobeRGB = DescribedColor(.adobeRGB, .gamma(563.0 / 256))

    /// The space, as one of the two that need no profile or as the profile that says the same.
    ///
    /// - Parameter channels: Of the picture: 1 or 3.
    /// - Returns: `nil` if no profile can be made of the numbers.
    package func colorSpace(channels: Int) -> ColorSpace? {
        if curve == .sRGB, channels == 1 || chromaticities == .bt709 { return .sRGB }
        if curve == .sRGB, chromaticities == .displayP3 { return .displayP3 }
        let profile: ColorProfileHandle?
        switch (channels, curve) {
        case (1, .gamma(let gamma)): profile = .grey(gamma: gamma)
        case (1, _): return .sRGB
        case (_, .sRGB): profile = .rgb(chromaticities, curve: ColorProfileHandle.sRGBCurve())
        case (_, .bt709): profile = .rgb(chromaticities, curve: ColorProfileHandle.bt709Curve())
        case (_, .gamma(let gamma)):
            profile = .rgb(chromaticities, curve: ColorProfileHandle.gammaCurve(gamma))
        }
        guard let bytes = profile?.bytes else { return nil }
        return ColorProfileReader.colorSpace(of: bytes, channels: channels)
    }
}
