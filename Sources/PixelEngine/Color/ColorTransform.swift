private import CLittleCMS

/// A LittleCMS transform of packed rows: relative colourimetric with black point compensation, to
/// sRGB or to grey with the sRGB curve.
package final class ColorTransform {
    private let transform: cmsHTRANSFORM

    /// Creates a transform.
    ///
    /// - Parameters:
    ///   - profile: The bytes of the source's profile.
    ///   - channels: The number of samples per pixel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA or
    ///     CMYK.
    ///   - isCMYK: Whether the four samples are CMYK.
    ///   - isInverted: Whether 0 is full ink, as Adobe writes CMYK JPEGs; 8 bits only.
    ///   - sampleType: The sample type of source and result.
    /// - Returns: `nil` if LittleCMS cannot convert from this profile.
    package init?(
        from profile: [UInt8], channels: Int, isCMYK: Bool = false, isInverted: Bool = false,
        sampleType: SampleType
    ) {
        guard let source = ColorProfileHandle(bytes: profile) else { return nil }
        let isGrey = channels <= 2
        guard let target = isGrey ? ColorProfileHandle.sGrey() : ColorProfileHandle.sRGB() else { return nil }
        let layouts: (UInt32, UInt32)
        switch (channels, sampleType) {
        case (4, .byte) where isCMYK:
            layouts = (isInverted ? clcms_cmyk_inverted_8 : clcms_cmyk_8, clcms_rgb_8)
        case (4, .word) where isCMYK && !isInverted: layouts = (clcms_cmyk_16, clcms_rgb_16)
        case (1, .byte): layouts = (clcms_grey_8, clcms_grey_8)
        case (2, .byte): layouts = (clcms_grey_alpha_8, clcms_grey_alpha_8)
        case (3, .byte): layouts = (clcms_rgb_8, clcms_rgb_8)
        case (4, .byte): layouts = (clcms_rgba_8, clcms_rgba_8)
        case (1, .word): layouts = (clcms_grey_16, clcms_grey_16)
        case (2, .word): layouts = (clcms_grey_alpha_16, clcms_grey_alpha_16)
        case (3, .word): layouts = (clcms_rgb_16, clcms_rgb_16)
        case (4, .word): layouts = (clcms_rgba_16, clcms_rgba_16)
        default: return nil
        }
        let hasAlpha = !isCMYK && channels.isMultiple(of: 2)
        let flags = ColorTransform.flags | (hasAlpha ? UInt32(cmsFLAGS_COPY_ALPHA) : 0)
        guard
            let transform = cmsCreateTransform(
                source.handle, layouts.0, target.handle, layouts.1, UInt32(INTENT_RELATIVE_COLORIMETRIC),
                flags)
        else { return nil }
        self.transform = transform
    }

    deinit { cmsDeleteTransform(transform) }

    /// Converts `count` pixels. `target` may be `source` unless CMYK becomes RGB.
    package func convert(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, count: Int) {
        cmsDoTransform(transform, source, target, UInt32(count))
    }

    /// Returns whether an image with this profile can be converted.
    static func canConvert(from profile: ColorProfileHandle) -> Bool {
        guard let target = ColorProfileHandle.sRGB() else { return false }
        let layout: UInt32
        switch profile.channels {
        case 1: layout = clcms_grey_8
        case 3: layout = clcms_rgb_8
        case 4: layout = clcms_cmyk_8
        default: return false
        }
        let transform = cmsCreateTransform(
            profile.handle, layout, target.handle, clcms_rgb_8, UInt32(INTENT_RELATIVE_COLORIMETRIC),
            flags | UInt32(cmsFLAGS_NOOPTIMIZE))
        guard let transform else { return false }
        cmsDeleteTransform(transform)
        return true
    }

    private static let flags = UInt32(cmsFLAGS_BLACKPOINTCOMPENSATION) | UInt32(cmsFLAGS_NOCACHE)
}
