import Pixels

/// Which embedded profiles count.
enum ProfileAcceptance {
    /// Puts the profile into the probe, or a remark why it is not used.
    static func settle(_ bytes: [UInt8], in probe: inout ImageProbe, limits: DecodeLimits) {
        guard bytes.count <= limits.maximumProfileBytes else {
            probe.remarks.append(
                .profileIgnored("it has \(bytes.count) bytes, the limit is \(limits.maximumProfileBytes)"))
            return
        }
        let profile = ColorProfile(bytes: bytes)
        guard profile.isPlausible else {
            probe.remarks.append(.profileIgnored("it is damaged"))
            return
        }
        let fits: Bool =
            switch probe.colorModel {
            case .grey: profile.dataSpace == "GRAY"
            case .cmyk, .ycck: profile.dataSpace == "CMYK"
            case .yCbCr, .rgb, .palette: profile.dataSpace == "RGB "
            }
        guard fits else {
            let space = (profile.dataSpace ?? "").filter { $0 != " " }
            probe.remarks.append(
                .profileIgnored("it describes \(space) data, the picture is \(probe.colorModel.rawValue)"))
            return
        }
        guard let space = ColorProfileReader.colorSpace(of: bytes, channels: probe.colorChannels) else {
            probe.remarks.append(.profileIgnored("LittleCMS cannot convert from it"))
            return
        }
        probe.colorSpace = space
        probe.profile = profile
        probe.profileName = profile.name ?? "unnamed"
    }

    /// Uses a colour that is described without a profile, unless a profile has spoken.
    static func settle(_ color: DescribedColor, origin: String, in probe: inout ImageProbe) {
        guard probe.profile == nil, let space = color.colorSpace(channels: probe.colorChannels),
            space != .sRGB
        else {
            return
        }
        probe.colorSpace = space
        probe.colorOrigin = origin
    }
}
