private import CLittleCMS
private import Synchronization

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

/// The bytes of profiles that this package makes.
package enum ColorProfiles {
    /// Display P3 as a matrix profile.
    package static let displayP3: [UInt8] = ColorProfileHandle.displayP3()?.bytes ?? []

    /// The linked LittleCMS's version, as `"2.14"`.
    package static var engineVersion: String {
        let number = Int(cmsGetEncodedCMMversion())
        return "\(number / 1000).\(number % 1000 / 10)"
    }
}

/// Tells what a profile amounts to, whatever it calls itself.
package enum ColorProfileReader {
    /// What the samples under this profile mean, or `nil` if LittleCMS cannot use it.
    ///
    /// Profiles of sRGB, of Display P3 and of grey with the curve of sRGB exist in many vendors'
    /// bytes, so they are told by what they do: over a grid of colours, every 8-bit code must come
    /// out within one of what the space itself gives.
    ///
    /// - Parameter channels: Of the picture: 1, 3 or 4.
    package static func colorSpace(of bytes: [UInt8], channels: Int) -> ColorSpace? {
        if let known = cache.withLock({ $0[Key(bytes: bytes, channels: channels)] }) { return known.space }
        let space = classify(bytes, channels: channels)
        cache.withLock { cache in
            if cache.count >= 64 { cache.removeAll() }
            cache[Key(bytes: bytes, channels: channels)] = Known(space: space)
        }
        return space
    }

    private struct Key: Hashable {
        var bytes: [UInt8]
        var channels: Int
    }

    private struct Known { var space: ColorSpace? }

    /// Batches come from one camera: its profile is looked at once.
    private static let cache = Mutex<[Key: Known]>([:])

    private static func classify(_ bytes: [UInt8], channels: Int) -> ColorSpace? {
        guard let profile = ColorProfileHandle(bytes: bytes), profile.describesDevice,
            profile.channels == channels,
            ColorTransform.canConvert(from: profile)
        else { return nil }
        switch channels {
        case 1: return isSame(profile, as: .sGrey(), on: greys(1), clcms_grey_8) ? .sRGB : .profile(bytes)
        case 3:
            let codes = colors + greys(3)
            if isSame(profile, as: .sRGB(), on: codes, clcms_rgb_8) { return .sRGB }
            return isSame(profile, as: .displayP3(), on: codes, clcms_rgb_8) ? .displayP3 : .profile(bytes)
        default: return .profile(bytes)
        }
    }

    /// 9³ colours.
    private static let colors: [UInt8] = {
        let steps = (0...8).map { UInt8(min($0 * 32, 255)) }
        return steps.flatMap { red in steps.flatMap { green in steps.flatMap { [red, green, $0] } } }
    }()

    /// All 256 greys.
    private static func greys(_ channels: Int) -> [UInt8] {
        (0...255).flatMap { [UInt8](repeating: UInt8($0), count: channels) }
    }

    /// Whether the codes mean the same in both, within one of 255.
    private static func isSame(
        _ profile: ColorProfileHandle, as space: ColorProfileHandle?, on codes: [UInt8], _ layout: UInt32
    ) -> Bool {
        guard let space,
            let transform = cmsCreateTransform(
                profile.handle, layout, space.handle, layout, UInt32(INTENT_RELATIVE_COLORIMETRIC),
                UInt32(cmsFLAGS_NOOPTIMIZE) | UInt32(cmsFLAGS_NOCACHE))
        else { return false }
        defer { cmsDeleteTransform(transform) }
        var result = [UInt8](repeating: 0, count: codes.count)
        cmsDoTransform(transform, codes, &result, UInt32(codes.count / (layout == clcms_grey_8 ? 1 : 3)))
        return zip(codes, result).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
    }
}
