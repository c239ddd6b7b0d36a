/// Opens a picture as packed rows.
package enum RowReaders {
    /// Calls `body` with a reader that is valid only during the call.
    ///
    /// - Throws: ``CodecError``, or what `body` throws.
    package static func withReader<Result>(
        of source: EncodedSource, probe: ImageProbe, limits: DecodeLimits,
        _ body: (any RowReader) throws -> Result
    ) throws -> Result {
        switch probe.format {
        case .jpeg:
            return try source.withBridgeInput { input in
                try body(try JPEGRowReader(input, probe: probe, limits: limits))
            }
        case .png:
            return try source.withBridgeInput { input in try body(try PNGRowReader(input, limits: limits)) }
        case .webp:
            return try source.withAllBytes { bytes in try body(try WebPRowReader(bytes, probe: probe)) }
        default:
            throw CodecError.unsupportedFormat(probe.format)
        }
    }
}
