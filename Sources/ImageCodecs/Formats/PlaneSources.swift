package import PixelEngine
import Pixels

/// Opens an image as its stored planes.
package enum PlaneSources {
    /// Calls `body` with a source that is valid only during the call, and the image's region in it.
    ///
    /// - Parameters:
    ///   - denominator: Decodes at 1/`denominator` of the size: 1, 2, 4 or 8; more than 1 for JPEG
    ///     only. Default: 1.
    ///   - primaries: The primaries of the stored colours. Default: BT.709.
    ///   - damage: Tolerates and records damage of JPEG data; `nil` to refuse damaged data.
    ///   - threads: The most tiles decoded at the same time. Default: 1.
    /// - Returns: The result of `body`; `nil` if the planes are not accessible or differ in meaning
    ///   from JPEG's.
    /// - Throws: ``CodecError``, or the error of `body`.
    package static func withSource<Result>(
        of source: EncodedSource, probe: ImageProbe, denominator: Int = 1,
        primaries: PlaneFormat.Primaries = .bt709, limits: DecodeLimits, damage: DamageReport? = nil,
        threads: Int = 1,
        _ body: (any StripSource, PixelRegion) throws -> Result
    ) throws -> Result? {
        guard probe.hasPlanes else { return nil }
        switch probe.format {
        case .jpeg:
            return try JPEGPlaneSource.withSource(
                of: try JPEGStripper.decodable(source, probe: probe, limits: limits),
                denominator: denominator, primaries: primaries, limits: limits, damage: damage
            ) { try body($0, $0.region) }
        #if HEIF
        case .heic, .heif, .avif:
            return try source.withAllBytes { bytes in
                guard
                    let planes = try HEIFPlaneSource(
                        bytes, probe: probe, limits: limits, primaries: primaries, threads: threads)
                else {
                    return nil
                }
                return try body(planes, PixelRegion(planes.format.size))
            }
        #endif
        default: return nil
        }
    }
}
