package import ImageCodecs

/// Looks at a picture file to its last pixel: what a result is checked with.
package enum FileCheck {
    /// Decodes every pixel, on a thread of its own, and keeps none.
    ///
    /// - Returns: What the header says, which the pixels have confirmed.
    /// - Throws: ``PreparationError``, ``CodecError``, `CancellationError`.
    package static func decode(_ path: String, limits: DecodeLimits) async throws -> ImageProbe {
        try await BlockingWork.run { token in
            let source = try InputOpener.open(.file(path), limits: limits)
            let probe = try Prober.probe(source, limits: limits)
            try PixelCheck.decode(source, probe: probe, limits: limits) { _ in try token.check() }
            return probe
        }
    }
}
