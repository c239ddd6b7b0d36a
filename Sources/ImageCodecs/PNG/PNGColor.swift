import PixelEngine
import Pixels

/// Derives the colour space of a PNG from its chunks.
enum PNGColor {
    /// Sets the colour space in the PNG specification's order of precedence (third edition, 4.3):
    /// cICP, iCCP, sRGB, gAMA with cHRM. A chunk that is missing or unusable passes to the next.
    static func apply(
        _ structure: inout PNGStructure, to probe: inout ImageProbe, limits: DecodeLimits
    ) throws(CodecError) {
        let profile = try structure.payload("iCCP")
        if let codePoints = try structure.payload("cICP"), apply(codePoints: codePoints, to: &probe) {
            if profile != nil { probe.remarks.append(.profileIgnored("cICP takes precedence")) }
            return
        }
        if let profile, case .success(let content) = PNGProfile.read(profile),
            ProfileAcceptance.apply(content.bytes, to: &probe, limits: limits)
        {
            return
        }
        if structure.chunk("sRGB") != nil { return }
        apply(
            gamma: try structure.payload("gAMA")?.bigEndianValue,
            try structure.payload("cHRM").map(chromaticities), to: &probe)
    }

    /// Uses gAMA, in units of 1/100 000, and cHRM. Default for a missing one: the value of sRGB.
    private static func apply(gamma: Int?, _ place: Chromaticities?, to probe: inout ImageProbe) {
        let hasStandardGamma = gamma.map { 45_000...46_000 ~= $0 } ?? true  // 1/2.2, which sRGB files state
        // A tolerance of 0.002 covers the rounding of common writers.
        let hasStandardPlace = place?.isClose(to: .bt709, within: 0.002) ?? true
        guard !hasStandardGamma || !hasStandardPlace else { return }
        let curve: DescribedColor.Curve =
            hasStandardGamma ? .sRGB : .gamma(100_000 / Double(gamma ?? 45_455))
        let origin = place == nil ? "gAMA" : gamma == nil ? "cHRM" : "gAMA and cHRM"
        let color = DescribedColor(hasStandardPlace ? .bt709 : place ?? .bt709, curve)
        ProfileAcceptance.apply(color, origin: origin, to: &probe)
    }

    /// Uses cICP: code points for primaries, transfer, matrix (RGB) and range.
    private static func apply(codePoints bytes: [UInt8], to probe: inout ImageProbe) -> Bool {
        guard bytes[3] == 1 else {
            let text = bytes.map(String.init).joined(separator: " ")
            probe.remarks.append(.profileIgnored("cICP \(text) does not describe full-range RGB"))
            return false
        }
        return CodePoints(primaries: Int(bytes[0]), transfer: Int(bytes[1])).apply(
            origin: "cICP", to: &probe)
    }

    /// Whether cICP describes a supported colour, so that decoders need it.
    static func describesColor(codePoints bytes: [UInt8]) -> Bool {
        guard bytes.count == 4, bytes[3] == 1 else { return false }
        if case .color = CodePoints(primaries: Int(bytes[0]), transfer: Int(bytes[1])).meaning { return true }
        return false
    }

    /// The payload of cHRM, 32 bytes.
    static func chromaticities(_ bytes: [UInt8]) -> Chromaticities {
        func point(_ offset: Int) -> Chromaticities.Point {
            Chromaticities.Point(
                Double(bytes[offset..<offset + 4].bigEndianValue) / 100_000,
                Double(bytes[offset + 4..<offset + 8].bigEndianValue) / 100_000)
        }
        return Chromaticities(white: point(0), red: point(8), green: point(16), blue: point(24))
    }
}
