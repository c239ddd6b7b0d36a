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

    /// cICP: code points of ITU-T H.273 for primaries, transfer, matrix and range.
    static func settle(codingPoints: [UInt8], in probe: inout ImageProbe) {
        let place: Chromaticities?
        switch codingPoints[0] {
        case 1, 2: place = .bt709
        case 9: place = .bt2020
        case 12: place = .displayP3
        default: place = nil
        }
        let curve: DescribedColor.Curve?
        switch codingPoints[1] {
        case 2, 13: curve = .sRGB
        case 1, 6, 14, 15: curve = .bt709
        case 4: curve = .gamma(2.2)
        case 5: curve = .gamma(2.8)
        case 8: curve = .gamma(1)
        case 16, 18:
            probe.unsupportedFeature =
                "HDR picture (\(codingPoints[1] == 16 ? "PQ" : "HLG") transfer in cICP) is not tone-mapped"
            return
        default: curve = nil
        }
        guard let place, let curve, codingPoints[2] == 0, codingPoints[3] == 1 else {
            let text = codingPoints.map(String.init).joined(separator: " ")
            probe.remarks.append(.profileIgnored("cICP \(text) is not one that is known"))
            return
        }
        ProfileAcceptance.settle(DescribedColor(place, curve), origin: "cICP", in: &probe)
    }
}
