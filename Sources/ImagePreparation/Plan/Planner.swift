package import ImageCodecs
import PixelEngine
import Pixels
package import SeedreamModel

/// Plans the preparation of an image from its header, by arithmetic only.
package struct Planner {
    var constraints: InputConstraints
    var options: PreparationOptions

    package init(constraints: InputConstraints, options: PreparationOptions) {
        (self.constraints, self.options) = (constraints, options)
    }

    /// Returns the job for an input with the given header.
    package func job(
        index: Int, position: Int, input: ImageInput, probe: ImageProbe, identity: FileIdentity?
    ) throws(PreparationError) -> ImageJob {
        let framed = try frame(probe.displaySize)
        guard framed.area <= options.limits.maximumPixels else {
            throw .codec(
                .limitExceeded(.pixels, value: framed.area, maximum: options.limits.maximumPixels))
        }
        let size: PixelSize
        do throws(ConstraintError) {
            size = try constraints.targetSize(for: framed)
        } catch {
            throw .constraint(error)
        }
        let reasons = reasons(for: probe, framed: framed, target: size)
        let sourceType = MediaType(probe.format)
        let isPassThrough = reasons.areMetByStripping(probe.format)
        let mediaType =
            isPassThrough
            ? sourceType ?? .jpeg : options.outputType(keepsAlpha: options.keepsAlpha && probe.hasAlpha)
        var unknowns: [PlannedImage.Unknown] = [.completeness]
        if probe.hasAlpha { unknowns.append(.alpha) }
        if !isPassThrough {
            unknowns.append(.encodedBytes)
        } else if !probe.hasMetadata {
            unknowns.append(.metadata)
        }
        let planned = PlannedImage(
            index: index, position: position, source: SourceFacts(name: input.name, probe: probe),
            action: isPassThrough ? .passThrough : canRotate(probe, reasons) ? .turn : .transcode,
            reasons: reasons,
            notices: notices(for: probe, framed: framed, target: size, isPassThrough: isPassThrough),
            unknowns: unknowns, mediaType: mediaType, size: size)
        var job = ImageJob(
            planned: planned, input: input, probe: probe, identity: identity, framed: framed,
            estimatedBytes: 0)
        job.estimatedBytes = MemoryEstimate.bytes(for: job, decodesAll: options.verifies)
        return job
    }

    /// Returns the size after the aspect ratio rule: unchanged, cropped or padded; throws if
    /// refused.
    private func frame(_ size: PixelSize) throws(PreparationError) -> PixelSize {
        guard !constraints.acceptsAspectRatio(of: size) else { return size }
        let limit = constraints.maximumAspectRatio
        let (short, long): (Int, Int)
        switch constraints.fit {
        case .refuse: throw .constraint(.aspectRatioOutOfRange(size, maximum: limit))
        case .crop: (short, long) = (size.shortSide, Int(limit * Double(size.shortSide)))
        case .pad: (short, long) = (Int((Double(size.longSide) / limit).rounded(.up)), size.longSide)
        }
        return size.width >= size.height
            ? PixelSize(width: long, height: short) : PixelSize(width: short, height: long)
    }

    private func reasons(for probe: ImageProbe, framed: PixelSize, target: PixelSize) -> [Reason] {
        var reasons: [Reason] = []
        if probe.orientation != .topLeft { reasons.append(.rotated) }
        if framed.area < probe.displaySize.area { reasons.append(.cropped) }
        if framed.area > probe.displaySize.area { reasons.append(.padded) }
        if target.area > framed.area { reasons.append(.belowMinimumArea) }
        if target.area < framed.area { reasons.append(.aboveMaximumArea) }
        if probe.format != .jpeg, probe.frameCount > 1 { reasons.append(.firstFrame) }
        if probe.bitDepth > 8 { reasons.append(.reducedTo8Bits) }
        if convertsColor(of: probe) { reasons.append(.convertedToSRGB) }
        if probe.isArithmeticCoded { reasons.append(.arithmeticCoding) }
        let type = MediaType(probe.format)
        if let asked = options.format.mediaType {
            if asked != type { reasons.append(.formatRequested) }
        } else if !constraints.acceptedMediaTypes.contains(where: { $0 == type }) {
            reasons.append(.mediaTypeNotAccepted)
        }
        if probe.byteCount > constraints.maximumBytes { reasons.append(.overByteBudget) }
        if probe.hasMetadata, !options.keepsMetadata || !reasons.isEmpty { reasons.append(.metadataRemoved) }
        return reasons
    }

    /// Returns whether only a rotation is needed, and can be lossless.
    private func canRotate(_ probe: ImageProbe, _ reasons: [Reason]) -> Bool {
        reasons.allSatisfy { $0 == .rotated || $0 == .metadataRemoved } && JPEGRotator.canRotate(probe)
            && (options.color == .convert || probe.profile == nil) && options.quality == nil
    }

    private func convertsColor(of probe: ImageProbe) -> Bool {
        probe.isCMYK || options.color == .convert && probe.colorSpace != .sRGB
    }

    private func notices(
        for probe: ImageProbe, framed: PixelSize, target: PixelSize, isPassThrough: Bool
    ) -> [Notice] {
        var notices: [Notice] = []
        // More than four times in each direction; our threshold, from visual inspection.
        if target.shortSide > 4 * framed.shortSide {
            let factor = (Double(target.shortSide) / Double(framed.shortSide)).formattedShortly
            notices.append(
                Notice(
                    .largeEnlargement, "enlarged \(factor) times, from \(framed) to \(target): expect blur"))
        }
        if probe.frameCount > 1 {
            notices.append(
                Notice(.picturesLeftOut, "the first of \(probe.frameCount) images in the file is used"))
        }
        if options.color == .keep, !isPassThrough, probe.colorSpace != .sRGB, !probe.isCMYK {
            let name = probe.profileName ?? probe.colorOrigin ?? ""
            notices.append(Notice(.profileKept, "colours stay in \"\(name)\", they are not converted"))
        }
        if probe.colorSpace == .inks {
            notices.append(
                Notice(
                    .inksWithoutProfile,
                    "CMYK without a profile is converted by the plain formula (1 - C)(1 - K)"))
        }
        for remark in probe.remarks {
            switch remark {
            case .profileIgnored(let why):
                notices.append(Notice(.profileIgnored, "the colour profile is ignored: \(why)"))
            case .reducedCopy:
                notices.append(
                    Notice(
                        .reducedCopy,
                        "the file marks its only image as a reduced copy of an image that it does not contain"
                    ))
            case .chunkIgnored(let name, let why):
                notices.append(Notice(.chunkIgnored, "the chunk \(name) is ignored: \(why)"))
            case .channelsLeftOut(let count):
                let what = "\(count) extra channel\(count == 1 ? " is" : "s are")"
                notices.append(Notice(.channelsLeftOut, "\(what) left out"))
            }
        }
        if options.keepsMetadata, !isPassThrough {
            notices.append(Notice(.metadataNotKept, "metadata is lost because the image is re-encoded"))
        }
        return notices
    }
}

extension PreparationOptions.OutputFormat {
    /// The requested media type; `nil` for `automatic`.
    var mediaType: MediaType? {
        switch self {
        case .automatic: nil
        case .jpeg: .jpeg
        case .png: .png
        case .webp: .webp
        }
    }
}

extension PreparationOptions {
    /// Returns the media type of a re-encoded image.
    ///
    /// - Parameter keepsAlpha: Whether the result has an alpha channel.
    func outputType(keepsAlpha: Bool) -> MediaType { format.mediaType ?? (keepsAlpha ? .png : .jpeg) }
}

extension [Reason] {
    /// Whether removing parts of the container settles all of these reasons, so that the compressed
    /// pixels can be sent unchanged.
    ///
    /// - Parameter mayShrink: Whether ``Reason/overByteBudget`` counts as settled: the file may fit
    ///   once its metadata is removed. Planning does not know, and expects that it does not.
    func areMetByStripping(_ format: ImageFormat, mayShrink: Bool = false) -> Bool {
        allSatisfy { reason in
            switch reason {
            case .metadataRemoved: true
            case .firstFrame: format == .png
            case .overByteBudget: mayShrink
            default: false
            }
        }
    }
}

extension MediaType {
    /// Creates the media type of a format; `nil` if requests cannot carry the format.
    init?(_ format: ImageFormat) {
        switch format {
        case .jpeg: self = .jpeg
        case .png: self = .png
        case .webp: self = .webp
        default: return nil
        }
    }
}

extension SourceFacts {
    init(name: String, probe: ImageProbe) {
        self.init(
            name: name, format: probe.format.rawValue, width: probe.size.width, height: probe.size.height,
            orientation: probe.orientation.rawValue, bytes: probe.byteCount, colorProfile: probe.profileName,
            colorOrigin: probe.colorOrigin,
            alpha: probe.hasAlpha, colorModel: probe.colorModel.rawValue, bitDepth: probe.bitDepth,
            chromaSubsampling: probe.chromaSubsampling, progressive: probe.isProgressive,
            frames: probe.frameCount,
            quality: probe.estimatedQuality)
    }
}
