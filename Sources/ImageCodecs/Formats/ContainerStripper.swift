/// Takes metadata out of a file without touching its compressed pixels, and checks the structure to
/// the end.
package enum ContainerStripper {
    /// Plans the stripped file. A profile that the probe found unusable is left out like other
    /// metadata.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` or ``CodecError/corrupt(_:)`` where the structure is
    ///   not whole. Pixels are looked at in a WebP alone, where nothing else tells how much of a
    ///   bitstream is needed.
    package static func strip(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits
    ) throws(CodecError) -> StrippedImage {
        let keepsProfile = probe.profile != nil
        return switch probe.format {
        case .jpeg: try JPEGStripper.strip(source, probe: probe, limits: limits)
        case .png: try PNGStripper.strip(source, keepsProfile: keepsProfile)
        case .webp: try WebPStripper.strip(source, probe: probe, limits: limits)
        default: throw .unsupportedFormat(probe.format)
        }
    }
}
