package import ImageCodecs
package import Pixels
import SeedreamModel

/// A planned image with all that is needed to carry the plan out.
package struct ImageJob: Sendable {
    package var planned: PlannedImage
    package var input: ImageInput
    package var probe: ImageProbe
    /// Of the file that was planned; `nil` where there is no file.
    package var identity: FileIdentity?
    /// The display size after cropping or padding, before scaling, in px.
    package var framed: PixelSize
    /// Memory that the work takes at its peak, estimated, in bytes.
    package var estimatedBytes: Int
}

/// What preparing a picture takes, from its header.
package enum MemoryEstimate {
    /// Bytes at the peak, on the safe side for the rows in flight.
    ///
    /// - Parameter decodesAll: Whether every pixel is decoded, also of an image that passes
    ///   through.
    package static func bytes(for job: ImageJob, decodesAll: Bool) -> Int {
        let probe = job.probe
        let target = job.planned.size
        let fixed = 2 << 20
        // All coefficients, and the file twice.
        if job.planned.action == .turn { return fixed + probe.size.area * 6 + 2 * probe.byteCount }
        // Of a WebP that passes, the pixels are looked at too.
        guard job.planned.action == .transcode || probe.hasAlpha || decodesAll || probe.format == .webp else {
            return probe.byteCount + fixed
        }
        let channels = probe.colorModel == .grey ? 1 : 3
        // The resampler looks back over the filter's support; with bands on both sides, some 128
        // rows of the source.
        let enlargement = max(1, probe.size.height / max(job.planned.size.height, 1))
        let rows =
            (probe.size.width + 64) * channels * 128 * enlargement + (target.width + 64) * channels * 64
        let turned = probe.orientation == .topLeft ? 0 : target.area * channels
        let whole = job.planned.mediaType == .webp ? target.area * 8 : 0
        let encoded = target.area / 2
        return fixed + probe.decodeMemory + rows + turned + whole + encoded
    }
}
