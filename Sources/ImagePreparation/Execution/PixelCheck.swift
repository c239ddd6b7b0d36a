package import ImageCodecs
import PixelEngine
import Pixels

/// Decodes every pixel of an image and discards the result.
enum PixelCheck {
    /// Returns whether a pixel is transparent. Images that are read as planes have no alpha
    /// channel.
    @discardableResult
    static func decode(
        _ source: EncodedSource, probe: ImageProbe, limits: DecodeLimits, checkpoint: (Double) throws -> Void
    ) throws -> Bool {
        let isChecked: Void? = try PlaneSources.withSource(of: source, probe: probe, limits: limits) {
            planes, _ in
            let buffer = try PlaneBuffer(
                format: planes.format, rows: planes.stripRows, widths: planes.rowWidths)
            let height = planes.format.size.height
            for row in stride(from: 0, to: height, by: planes.stripRows) {
                try planes.readStrip(into: buffer, at: row)
                try checkpoint(Double(row) / Double(height))
            }
            try planes.finish()
        }
        if isChecked != nil { return false }
        return try RowReaders.withReader(of: source, probe: probe, limits: limits) { reader in
            let row = try WorkingMemory(byteCount: reader.rowBytes)
            var isTransparent = false
            for y in 0..<reader.size.height {
                try reader.readRow(into: row.bytes)
                if !isTransparent { isTransparent = !reader.isOpaque(row.bytes) }
                if y & 63 == 0 { try checkpoint(Double(y) / Double(reader.size.height)) }
            }
            try reader.finish()
            return isTransparent
        }
    }
}

/// A check of an image file that decodes every pixel. It verifies results.
package enum FileCheck {
    /// Decodes every pixel on a new thread and discards the result.
    ///
    /// - Returns: The properties in the header, confirmed by the pixels, and whether a pixel is
    ///   transparent.
    /// - Throws: ``PreparationError``, ``CodecError``, `CancellationError`.
    package static func decode(_ path: String, limits: DecodeLimits) async throws -> (
        probe: ImageProbe, isTransparent: Bool
    ) {
        try await BlockingWork.run { token in
            let source = try InputOpener.open(.file(path), limits: limits)
            let probe = try Prober.probe(source, limits: limits)
            let isTransparent = try PixelCheck.decode(source, probe: probe, limits: limits) { _ in
                try token.check()
            }
            return (probe, isTransparent)
        }
    }
}
