package import PixelEngine
import Pixels

/// A colour described by code points of ITU-T H.273, as in PNG's cICP and HEIF's nclx.
package struct CodePoints: Hashable, Sendable {
    /// The meaning of code points.
    package enum Meaning: Hashable {
        case color(DescribedColor)
        /// PQ or HLG, by name.
        case highDynamicRange(String)
        /// Primaries and transfer are both unspecified (2).
        case unspecified
        /// Reserved, or not supported.
        case unknown
    }

    var primaries: Int
    var transfer: Int

    package init(primaries: Int, transfer: Int) { (self.primaries, self.transfer) = (primaries, transfer) }

    package var meaning: Meaning {
        if primaries == 2, transfer == 2 { return .unspecified }
        let place: Chromaticities
        switch primaries {
        // BT.601's primaries differ from BT.709's by less than a code value on most colours.
        case 1, 2, 5, 6: place = .bt709
        case 9: place = .bt2020
        case 12: place = .displayP3
        default: return transfer == 16 || transfer == 18 ? highDynamicRange : .unknown
        }
        switch transfer {
        case 2, 13: return .color(DescribedColor(place, .sRGB))
        // Cameras and encoders write BT.709 for images that are shown as sRGB. It is taken
        // literally only with other primaries.
        case 1, 6:
            return .color(DescribedColor(place, primaries == 9 || primaries == 12 ? .bt709 : .sRGB))
        case 14, 15: return .color(DescribedColor(place, .bt709))
        case 4: return .color(DescribedColor(place, .gamma(2.2)))
        case 5: return .color(DescribedColor(place, .gamma(2.8)))
        case 8: return .color(DescribedColor(place, .gamma(1)))
        case 16, 18: return highDynamicRange
        default: return .unknown
        }
    }

    private var highDynamicRange: Meaning { .highDynamicRange(transfer == 16 ? "PQ" : "HLG") }

    /// Puts the colour into the probe. PQ and HLG make the image unsupported.
    ///
    /// - Returns: Whether the code points are used. If not, the next source of colour is; unknown
    ///   code points leave a remark.
    @discardableResult
    func apply(origin: String, to probe: inout ImageProbe) -> Bool {
        switch meaning {
        case .color(let color): return ProfileAcceptance.apply(color, origin: origin, to: &probe)
        case .highDynamicRange(let name):
            probe.unsupportedFeature = "HDR image (\(name) transfer in \(origin)) is not tone-mapped"
            return true
        case .unspecified: return false
        case .unknown:
            probe.remarks.append(
                .profileIgnored("\(origin) \(primaries)/\(transfer) is unknown"))
            return false
        }
    }
}
