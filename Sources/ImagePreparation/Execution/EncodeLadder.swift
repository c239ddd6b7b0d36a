import ImageCodecs
package import Pixels
package import SeedreamModel

/// The bounded search for an encoding within a byte budget. Each attempt is made only if the
/// previous one was too large.
///
/// `own quality => 88 => 85 => 4:2:0 => smaller areas`, never below the minimum area. By
/// measurement, each step of quality saves about a fifth of the bytes for half a decibel, and 4:2:0
/// saves another fifth. Area comes last because it costs detail.
package struct EncodeLadder {
    /// The maximum number of smaller areas tried.
    static let areaSteps = 8
    /// The area of each step relative to the previous one.
    static let areaFactor = 0.7

    var constraints: InputConstraints
    var options: PreparationOptions

    package init(constraints: InputConstraints, options: PreparationOptions) {
        (self.constraints, self.options) = (constraints, options)
    }

    /// Returns the attempts for a job, best first. The first one follows the plan.
    package func attempts(for job: ImageJob, keepsAlpha: Bool) -> [EncodeAttempt] {
        let probe = job.probe
        let type = options.outputType(keepsAlpha: keepsAlpha)
        let range = PreparationOptions.qualityRange
        let own =
            probe.format == .jpeg
            ? probe.estimatedQuality.map { min(max($0, range.lowerBound), range.upperBound) } : nil
        let best = EncodeAttempt(
            mediaType: type, size: job.planned.size, quality: options.quality ?? own ?? range.upperBound,
            subsampling: probe.planeSubsampling ?? .full,
            keepsAlpha: keepsAlpha && type != .jpeg)
        var attempts = [best]
        func then(_ change: (inout EncodeAttempt) -> Void) {
            var next = attempts[attempts.count - 1]
            change(&next)
            if next != attempts.last { attempts.append(next) }
        }
        if type != .png {
            for quality in [88, range.lowerBound] where quality < best.quality {
                then { $0.quality = quality }
            }
        }
        if type == .jpeg, probe.colorModel != .grey {
            then { attempt in
                let own = attempt.subsampling
                attempt.subsampling.horizontalShift = max(own.horizontalShift, 1)
                attempt.subsampling.verticalShift = max(own.verticalShift, 1)
            }
        }
        var area = job.planned.size.area
        for _ in 0..<Self.areaSteps where area > constraints.minimumArea {
            area = max(Int(Double(area) * Self.areaFactor), constraints.minimumArea)
            guard let size = size(ofArea: area, like: job.framed) else { break }
            then { $0.size = size }
        }
        return attempts
    }

    /// Returns the size with at most the given area, or the smallest conforming size if it would be
    /// below the minimum area.
    private func size(ofArea area: Int, like size: PixelSize) -> PixelSize? {
        let reduced = constraints.reduced(size, toArea: area)
        return reduced.area >= constraints.minimumArea ? reduced : try? constraints.targetSize(for: reduced)
    }
}

/// One way to encode an image.
package struct EncodeAttempt: Hashable, Sendable {
    package var mediaType: MediaType
    /// The displayed size of the result, in px.
    package var size: PixelSize
    /// JPEG or WebP quality, 1 to 100.
    package var quality: Int
    /// The chroma subsampling of JPEG results in colour.
    package var subsampling: ChromaSubsampling
    package var keepsAlpha: Bool
}
