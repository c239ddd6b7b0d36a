package import ImageCodecs
import PixelEngine
package import Pixels
import SeedreamModel

/// A planned image with everything needed to execute the plan.
package struct ImageJob: Sendable {
    package var planned: PlannedImage
    package var input: ImageInput
    package var probe: ImageProbe
    /// The identity of the planned file; `nil` if the input is not a file.
    package var identity: FileIdentity?
    /// The displayed size after cropping or padding, before scaling, in px.
    package var framed: PixelSize
    /// The estimated peak memory of the work, in bytes.
    package var estimatedBytes: Int
}

/// An estimate of the memory for preparing an image, from its header.
package enum MemoryEstimate {
    /// Returns the estimated peak memory in bytes, with a margin for the rows in flight.
    ///
    /// - Parameter decodesAll: Whether every pixel is decoded even if the image passes through.
    package static func bytes(for job: ImageJob, decodesAll: Bool) -> Int {
        let probe = job.probe
        let target = job.planned.size
        let fixed = 2 << 20
        // All coefficients, and the file twice.
        if job.planned.action == .turn { return fixed + probe.size.area * 6 + 2 * probe.byteCount }
        // The pixels of a WebP that passes through are decoded too.
        guard job.planned.action == .transcode || probe.hasAlpha || decodesAll || probe.format == .webp else {
            return probe.byteCount + fixed
        }
        let channels = probe.colorModel == .grey ? 1 : 3
        // The resampler reads rows within the filter's support. With strips on both sides, that is
        // about 128 rows of the source, twice if the passes have threads of their own.
        let enlargement = max(1, probe.size.height / max(job.planned.size.height, 1))
        let rows =
            (probe.size.width + 64) * channels * 256 * enlargement + (target.width + 64) * channels * 64
        // What is read ahead while the graphs that convert primaries are built.
        let ahead = probe.colorSpace == .displayP3 && probe.colorModel != .grey ? 4 << 20 : 0
        let turned = probe.orientation == .topLeft ? 0 : target.area * channels
        let whole = job.planned.mediaType == .webp ? target.area * 8 : 0
        let encoded = target.area / 2
        return fixed + probe.decodeMemory + rows + ahead + turned + whole + encoded
    }
}
