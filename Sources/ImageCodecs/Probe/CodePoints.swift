import Pixels

/// Colour described by the code points of ITU-T H.273, as PNG's cICP and HEIF's nclx do.
struct CodePoints: Hashable, Sendable {
    var primaries: Int
    var transfer: Int

    /// Puts the colour into the probe, or why it is not used. PQ and HLG make the picture unsupported.
    func settle(origin: String, in probe: inout ImageProbe) {
        let place: Chromaticities?
        switch primaries {
        // BT.601's primaries differ from BT.709's by less than a code value on most colours.
        case 1, 2, 5, 6: place = .bt709
        case 9: place = .bt2020
        case 12: place = .displayP3
        default: place = nil
        }
        let curve: DescribedColor.Curve?
        switch transfer {
        case 2, 13: curve = .sRGB
        // Cameras and encoders write BT.709 for pictures that are shown as sRGB; only with other primaries is it meant.
        case 1, 6: curve = primaries == 9 || primaries == 12 ? .bt709 : .sRGB
        case 14, 15: curve = .bt709
        case 4: curve = .gamma(2.2)
        case 5: curve = .gamma(2.8)
        case 8: curve = .gamma(1)
        case 16, 18:
            let name = transfer == 16 ? "PQ" : "HLG"
            probe.unsupportedFeature = "HDR picture (\(name) transfer in \(origin)) is not tone-mapped"
            return
        default: curve = nil
        }
        guard let place, let curve else {
            probe.remarks.append(
                .profileIgnored("\(origin) \(primaries)/\(transfer) is not one that is known"))
            return
        }
        ProfileAcceptance.settle(DescribedColor(place, curve), origin: origin, in: &probe)
    }
}
