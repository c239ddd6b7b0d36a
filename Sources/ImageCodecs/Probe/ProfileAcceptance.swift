import PixelEngine
import Pixels

/// Which descriptions of colour count.
///
/// A format tries its descriptions in its order of precedence until one counts; those that do not
/// count leave a remark.
enum ProfileAcceptance {
    /// Puts an ICC profile into the probe, or a remark why it is not used.
    ///
    /// - Parameter bytes: Bytes beyond the size that the profile's header declares are left out.
    /// - Returns: Whether the profile counts.
    @discardableResult
    static func settle(_ bytes: [UInt8], in probe: inout ImageProbe, limits: DecodeLimits) -> Bool {
        func ignore(_ why: String) -> Bool {
            probe.remarks.append(.profileIgnored(why))
            return false
        }
        guard bytes.count <= limits.maximumProfileBytes else {
            return ignore("it has \(bytes.count) bytes, the limit is \(limits.maximumProfileBytes)")
        }
        guard let profile = ColorProfile(bytes: bytes).declaredPart else { return ignore("it is damaged") }
        let fits: Bool =
            switch probe.colorModel {
            case .grey: profile.dataSpace == "GRAY"
            case .cmyk, .ycck: profile.dataSpace == "CMYK"
            case .yCbCr, .rgb, .palette: profile.dataSpace == "RGB "
            }
        guard fits else {
            let space = (profile.dataSpace ?? "").filter { $0 != " " }
            return ignore("it describes \(space) data, the picture is \(probe.colorModel.rawValue)")
        }
        guard let space = ColorProfileReader.colorSpace(of: profile.bytes, channels: probe.colorChannels)
        else { return ignore("LittleCMS cannot convert from it") }
        probe.colorSpace = space
        probe.profile = profile
        probe.profileName = profile.name ?? "unnamed"
        return true
    }

    /// Uses a colour that is described without a profile, unless a profile counts.
    ///
    /// - Returns: Whether the description counts.
    @discardableResult
    static func settle(_ color: DescribedColor, origin: String, in probe: inout ImageProbe) -> Bool {
        guard probe.profile == nil, let space = color.colorSpace(channels: probe.colorChannels) else {
            return false
        }
        guard space != .sRGB else { return true }
        probe.colorSpace = space
        probe.colorOrigin = origin
        return true
    }
}
