private import CLittleCMS
private import Synchronization

/// The colour space of an image's samples.
package enum ColorSpace: Hashable, Sendable {
    /// sRGB, by its tag or by default; also the target of every conversion.
    case sRGB
    /// The Display P3 primaries with the sRGB curve. It differs from sRGB by a matrix, which the
    /// resampler applies.
    case displayP3
    /// Any other space, as the bytes of an ICC profile, which LittleCMS converts.
    case profile([UInt8])
    /// CMYK samples without a profile.
    case inks
}

/// The profiles that this package makes.
package enum ColorProfiles {
    /// Display P3 as a matrix profile.
    package static let displayP3: [UInt8] = ColorProfileHandle.displayP3()?.bytes ?? []

    /// The version of the linked LittleCMS, such as `"2.14"`.
    package static var engineVersion: String {
        let number = Int(cmsGetEncodedCMMversion())
        return "\(number / 1000).\(number % 1000 / 10)"
    }
}

/// Classifies profiles by their effect, not by their name.
package enum ColorProfileReader {
    /// Returns the colour space of samples with this profile, or `nil` if LittleCMS cannot use it.
    ///
    /// Vendors write profiles of sRGB, Display P3 and grey with the sRGB curve in many forms. They
    /// are recognised by their effect: over a grid of colours, every 8-bit code must be within one
    /// of the space's own result.
    ///
    /// - Parameter channels: The number of colour channels: 1, 3 or 4.
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

    /// Images of a batch often come from one camera, so its profile is classified once.
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

    /// Returns whether the codes denote the same colours in both, within one of 255.
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
