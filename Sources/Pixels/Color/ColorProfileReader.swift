private import CLittleCMS
private import Synchronization

/// Tells what a profile amounts to, whatever it calls itself.
package enum ColorProfileReader {
    /// What the samples under this profile mean, or `nil` if LittleCMS cannot use it.
    ///
    /// Profiles of sRGB and of Display P3 exist in many vendors' bytes, so they are told by what they do: over a grid of
    /// colours, every 8-bit code must come out within one of what the space itself gives.
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
        guard channels == 3 else { return .profile(bytes) }
        if isSame(profile, as: .sRGB()) { return .sRGB }
        if isSame(profile, as: .displayP3()) { return .displayP3 }
        return .profile(bytes)
    }

    /// Whether codes mean the same in both, within one of 255, over 9³ colours and 256 greys.
    private static func isSame(_ profile: ColorProfileHandle, as space: ColorProfileHandle?) -> Bool {
        guard let space,
            let transform = cmsCreateTransform(
                profile.handle, clcms_rgb_8, space.handle, clcms_rgb_8, UInt32(INTENT_RELATIVE_COLORIMETRIC),
                UInt32(cmsFLAGS_NOOPTIMIZE) | UInt32(cmsFLAGS_NOCACHE))
        else { return false }
        defer { cmsDeleteTransform(transform) }
        var codes: [UInt8] = []
        let steps = (0...8).map { UInt8(min($0 * 32, 255)) }
        for red in steps { for green in steps { for blue in steps { codes += [red, green, blue] } } }
        for level in 0...255 { codes += [UInt8](repeating: UInt8(level), count: 3) }
        var result = [UInt8](repeating: 0, count: codes.count)
        cmsDoTransform(transform, codes, &result, UInt32(codes.count / 3))
        return zip(codes, result).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
    }
}
