package import PixelEngine
import Pixels

/// Opens a picture as the planes it is stored in.
package enum PlaneSources {
    /// Calls `body` with a source that is valid only during the call, and the picture's region in
    /// it.
    ///
    /// - Parameters:
    ///   - denominator: 1, 2, 4 or 8: the picture is decoded at this part of its size. More than 1
    ///     for JPEG only.
    ///   - primaries: Of the stored colours.
    ///   - damage: What tolerates damage of JPEG data and is told of it; `nil` to refuse.
    /// - Returns: What `body` returns; `nil` where the planes cannot be had, or mean something else
    ///   than JPEG's.
    /// - Throws: ``CodecError``, or what `body` throws.
    package static func withSource<Result>(
        of source: EncodedSource, probe: ImageProbe, denominator: Int = 1,
        primaries: PlaneFormat.Primaries = .bt709, limits: DecodeLimits, damage: DamageReport? = nil,
        _ body: (any BandSource, PixelRegion) throws -> Result
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
                        bytes, probe: probe, limits: limits, primaries: primaries)
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
