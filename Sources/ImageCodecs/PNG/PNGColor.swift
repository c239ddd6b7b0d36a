import Pixels

/// Colour that PNG chunks describe without a profile.
enum PNGColor {
    /// gAMA and cHRM; units of 1/100 000. What is missing is as in sRGB.
    static func settle(gamma: Int?, chromaticities values: [Int]?, in probe: inout ImageProbe) {
        let standardGamma = gamma.map { 45_000...46_000 ~= $0 } ?? true  // 1/2.2, which sRGB files state
        let standard = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000]
        // Within 0.002, the rounding of common writers.
        let isStandardPlace =
            values.map { $0.count == 8 && zip($0, standard).allSatisfy { abs($0 - $1) <= 200 } } ?? true
        guard !standardGamma || !isStandardPlace else { return }
        var place = Chromaticities.bt709
        if !isStandardPlace, let values, values.count == 8 {
            func point(_ index: Int) -> Chromaticities.Point {
                Chromaticities.Point(Double(values[index]) / 100_000, Double(values[index + 1]) / 100_000)
            }
            place = Chromaticities(white: point(0), red: point(2), green: point(4), blue: point(6))
        }
        let curve: DescribedColor.Curve =
            standardGamma ? .sRGB : .gamma(100_000 / Double(max(gamma ?? 45_455, 1)))
        let origin = values == nil ? "gAMA" : gamma == nil ? "cHRM" : "gAMA and cHRM"
        ProfileAcceptance.settle(DescribedColor(place, curve), origin: origin, in: &probe)
    }

    /// cICP: code points for primaries, transfer, matrix (RGB) and range (full).
    static func settle(codingPoints: [UInt8], in probe: inout ImageProbe) {
        guard codingPoints[2] == 0, codingPoints[3] == 1 else {
            let text = codingPoints.map(String.init).joined(separator: " ")
            probe.remarks.append(.profileIgnored("cICP \(text) does not describe full-range RGB"))
            return
        }
        CodePoints(primaries: Int(codingPoints[0]), transfer: Int(codingPoints[1])).settle(
            origin: "cICP", in: &probe)
    }
}
