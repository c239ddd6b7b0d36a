/// A colour space described by numbers instead of a profile: PNG's gAMA, cHRM and cICP, EXIF's
/// Adobe RGB.
package struct DescribedColor: Hashable, Sendable {
    /// The transfer curve.
    package enum Curve: Hashable, Sendable {
        case sRGB
        case bt709
        /// Light is the code value raised to this power.
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

    /// Returns the colour space: one of the two that need no profile, or an equivalent profile.
    ///
    /// - Parameter channels: The number of colour channels: 1 or 3.
    /// - Returns: `nil` if no profile can be made from the numbers.
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

/// The white point and the primaries of an RGB space, in CIE 1931 xy.
package struct Chromaticities: Hashable, Sendable {
    package struct Point: Hashable, Sendable {
        package var x: Double
        package var y: Double

        package init(_ x: Double, _ y: Double) {
            self.x = x
            self.y = y
        }
    }

    package var white: Point
    package var red: Point
    package var green: Point
    package var blue: Point

    package init(white: Point, red: Point, green: Point, blue: Point) {
        self.white = white
        self.red = red
        self.green = green
        self.blue = blue
    }

    private static let d65 = Point(0.3127, 0.3290)
    /// ITU-R BT.709 and sRGB.
    package static let bt709 = Chromaticities(
        white: d65, red: Point(0.64, 0.33), green: Point(0.30, 0.60), blue: Point(0.15, 0.06))
    /// SMPTE EG 432-1: the primaries of digital cinema with white D65.
    package static let displayP3 = Chromaticities(
        white: d65, red: Point(0.680, 0.320), green: Point(0.265, 0.690), blue: Point(0.150, 0.060))
    /// ITU-R BT.2020.
    package static let bt2020 = Chromaticities(
        white: d65, red: Point(0.708, 0.292), green: Point(0.170, 0.797), blue: Point(0.131, 0.046))
    /// Adobe RGB (1998), version 2005-05.
    package static let adobeRGB = Chromaticities(
        white: d65, red: Point(0.64, 0.33), green: Point(0.21, 0.71), blue: Point(0.15, 0.06))

    /// Returns whether each coordinate differs from the other's by at most `distance`.
    package func isClose(to other: Chromaticities, within distance: Double) -> Bool {
        zip([white, red, green, blue], [other.white, other.red, other.green, other.blue]).allSatisfy {
            abs($0.x - $1.x) <= distance && abs($0.y - $1.y) <= distance
        }
    }

    /// Whether an RGB space with these points exists: all are colours, and white is a sum of
    /// positive parts of the primaries. libpng ignores a cHRM that has no such space (1.6.39,
    /// png_colourspace_check_xy).
    package var isSolvable: Bool {
        let points = [white, red, green, blue]
        guard points.allSatisfy({ $0.x >= 0 && $0.y >= 0 && $0.x + $0.y <= 1 }), white.y >= 0.00005 else {
            return false
        }
        /// Returns twice the area of a triangle, with its sign given by the order of the corners.
        func area(_ a: Point, _ b: Point, _ c: Point) -> Double {
            (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
        }
        let whole = area(red, green, blue)
        let parts = [area(white, green, blue), area(red, white, blue), area(red, green, white)]
        // libpng computes in units of 1/100 000.
        return parts.allSatisfy { $0 / whole > 0.00001 }
    }
}
