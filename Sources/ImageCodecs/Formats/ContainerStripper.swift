/// Removes metadata from a file without changing its compressed pixels, and checks the structure to
/// the end.
package enum ContainerStripper {
    /// Plans the stripped file. Removes a profile that the probe found unusable, like other
    /// metadata.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` or ``CodecError/corrupt(_:)`` if the structure is
    ///   incomplete. Decodes pixels of WebP only, where nothing else shows how much of a bitstream
    ///   is needed.
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
