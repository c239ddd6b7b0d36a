import CLittleCMS
import Pixels

/// An open LittleCMS profile.
final class ColorProfileHandle {
    let handle: cmsHPROFILE

    private init(_ handle: cmsHPROFILE) { self.handle = handle }

    deinit { cmsCloseProfile(handle) }

    /// Opens a profile; `nil` if the bytes are not a profile.
    convenience init?(bytes: [UInt8]) {
        guard let handle = cmsOpenProfileFromMem(bytes, UInt32(bytes.count)) else { return nil }
        self.init(handle)
    }

    /// The number of channels of the data it describes.
    var channels: Int { Int(cmsChannelsOf(cmsGetColorSpace(handle))) }

    /// Whether its class is input, display, output or colour space, and not link, abstract or named
    /// colour.
    var describesDevice: Bool {
        [cmsSigInputClass, cmsSigDisplayClass, cmsSigOutputClass, cmsSigColorSpaceClass]
            .contains(cmsGetDeviceClass(handle))
    }

    /// The bytes of the profile.
    var bytes: [UInt8]? {
        var count: UInt32 = 0
        guard cmsSaveProfileToMem(handle, nil, &count) != 0, count > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        guard cmsSaveProfileToMem(handle, &bytes, &count) != 0 else { return nil }
        // LittleCMS writes the current time as the creation date (ICC.1, 7.2.8), so that equal
        // colours would have different bytes a second later.
        if bytes.count >= 36 { bytes.replaceSubrange(24..<36, with: repeatElement(0, count: 12)) }
        return bytes
    }

    static func sRGB() -> ColorProfileHandle? { cmsCreate_sRGBProfile().map(ColorProfileHandle.init) }

    /// Display P3: the primaries of SMPTE EG 432-1 with white D65, and the sRGB curve.
    static func displayP3() -> ColorProfileHandle? {
        rgb(.displayP3, curve: sRGBCurve())
    }

    /// Grey with the sRGB curve, so that grey images stay grey.
    static func sGrey() -> ColorProfileHandle? {
        guard let curve = sRGBCurve() else { return nil }
        defer { cmsFreeToneCurve(curve) }
        var white = cmsCIExyY(x: 0.3457, y: 0.3585, Y: 1)  // D50, the connection space
        return cmsCreateGrayProfile(&white, curve).map(ColorProfileHandle.init)
    }

    /// Creates a matrix profile. Takes ownership of the curve.
    static func rgb(_ chromaticities: Chromaticities, curve: OpaquePointer?) -> ColorProfileHandle? {
        guard let curve else { return nil }
        defer { cmsFreeToneCurve(curve) }
        func point(_ x: Double, _ y: Double) -> cmsCIExyY { cmsCIExyY(x: x, y: y, Y: 1) }
        var white = point(chromaticities.white.x, chromaticities.white.y)
        var primaries = cmsCIExyYTRIPLE(
            Red: point(chromaticities.red.x, chromaticities.red.y),
            Green: point(chromaticities.green.x, chromaticities.green.y),
            Blue: point(chromaticities.blue.x, chromaticities.blue.y))
        var curves: [OpaquePointer?] = [curve, curve, curve]
        return cmsCreateRGBProfile(&white, &primaries, &curves).map(ColorProfileHandle.init)
    }

    /// Creates a grey profile with a gamma.
    static func grey(gamma: Double) -> ColorProfileHandle? {
        guard let curve = cmsBuildGamma(nil, gamma) else { return nil }
        defer { cmsFreeToneCurve(curve) }
        var white = cmsCIExyY(x: 0.3457, y: 0.3585, Y: 1)
        return cmsCreateGrayProfile(&white, curve).map(ColorProfileHandle.init)
    }

    static func gammaCurve(_ gamma: Double) -> OpaquePointer? { cmsBuildGamma(nil, gamma) }

    /// IEC 61966-2-1.
    static func sRGBCurve() -> OpaquePointer? {
        cmsBuildParametricToneCurve(nil, 4, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    }

    /// ITU-R BT.709-6, section 3.
    static func bt709Curve() -> OpaquePointer? {
        cmsBuildParametricToneCurve(nil, 4, [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081])
    }
}
