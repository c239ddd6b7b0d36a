/// Where the white point and the primaries of an RGB space lie, in CIE 1931 xy.
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
    /// ITU-R BT.709, and sRGB.
    package static let bt709 = Chromaticities(
        white: d65, red: Point(0.64, 0.33), green: Point(0.30, 0.60), blue: Point(0.15, 0.06))
    /// SMPTE EG 432-1: the primaries of digital cinema, white D65.
    package static let displayP3 = Chromaticities(
        white: d65, red: Point(0.680, 0.320), green: Point(0.265, 0.690), blue: Point(0.150, 0.060))
    /// ITU-R BT.2020.
    package static let bt2020 = Chromaticities(
        white: d65, red: Point(0.708, 0.292), green: Point(0.170, 0.797), blue: Point(0.131, 0.046))
    /// Adobe RGB (1998), version 2005-05.
    package static let adobeRGB = Chromaticities(
        white: d65, red: Point(0.64, 0.33), green: Point(0.21, 0.71), blue: Point(0.15, 0.06))
}
