/// Takes metadata out of a file without touching its compressed pixels, and checks the structure to the end.
package enum ContainerStripper {
    /// Plans the stripped file.
    ///
    /// - Throws: ``CodecError/truncated(_:)`` or ``CodecError/corrupt(_:)`` where the structure is not whole. Pixels are
    ///   not looked at.
    package static func strip(
        _ source: EncodedSource, format: ImageFormat, limits: DecodeLimits
    ) throws(CodecError) -> StrippedImage {
        switch format {
        case .jpeg: try JPEGStripper.strip(source, limits: limits)
        case .png: try PNGStripper.strip(source)
        case .webp: try WebPStripper.strip(source)
        default: throw .unsupportedFormat(format)
        }
    }
}
