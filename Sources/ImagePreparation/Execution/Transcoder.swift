import ImageCodecs
import PixelEngine
import Pixels
import SeedreamModel

/// Decodes, transforms and encodes one image in one attempt.
///
/// `planes or rows => crop or pad => resize => rotate => encode`
struct Transcoder {
    struct Result {
        var bytes: EncodedBytes
        /// Whether transparent parts were composited onto the background.
        var flattened: Bool
        /// The damage found in the data, if it is tolerated.
        var damage: CodecError?
    }

    var job: ImageJob
    var attempt: EncodeAttempt
    var options: PreparationOptions
    /// Whether all pixels are known to be opaque.
    var isKnownOpaque: Bool
    var maximumBytes: Int
    /// The number of threads that may be busy at the same time.
    var threads: Int

    func run(_ source: EncodedSource, checkpoint: (Double) throws -> Void) throws -> Result {
        let damage = options.damage == .warn ? DamageReport() : nil
        var result = try decode(source, damage, checkpoint)
        result.damage = damage?.first
        return result
    }

    private func decode(
        _ source: EncodedSource, _ damage: DamageReport?, _ checkpoint: (Double) throws -> Void
    ) throws -> Result {
        let probe = job.probe
        // Display P3 differs by a matrix, which the resampler applies. With alpha, colours must be
        // converted before compositing.
        let primaries: PlaneFormat.Primaries =
            convertsColor && probe.colorSpace == .displayP3 && !probe.hasAlpha && probe.colorModel != .grey
            ? .displayP3 : .bt709
        let isResamplersWork = !convertsColor || probe.colorSpace == .sRGB || primaries == .displayP3
        if isResamplersWork {
            let result = try PlaneSources.withSource(
                of: source, probe: probe, denominator: denominator, primaries: primaries,
                limits: options.limits, damage: damage, threads: threads
            ) { planes, region in
                Result(bytes: try encode(planes, region: region, checkpoint), flattened: false)
            }
            if let result { return result }
        }
        return try RowReaders.withReader(
            of: source, probe: probe, limits: options.limits, precision: .word,
            convertsColor: !isResamplersWork, damage: damage, threads: threads
        ) { reader in
            let alpha: RowStripSource.Alpha =
                attempt.keepsAlpha ? .keep : isKnownOpaque ? .drop : .flatten(options.background)
            let rows = try RowStripSource(reader, alpha: alpha, primaries: primaries)
            let bytes = try encode(rows, region: PixelRegion(rows.format.size), checkpoint)
            return Result(bytes: bytes, flattened: rows.hasFlattened)
        }
    }

    /// The profile equivalent to the colour described by PNG chunks or EXIF.
    private var describedProfile: ColorProfile? {
        switch job.probe.colorSpace {
        case .profile(let bytes): ColorProfile(bytes: bytes)
        case .displayP3: ColorProfile(bytes: ColorProfiles.displayP3)
        case .sRGB, .inks: nil
        }
    }

    private var convertsColor: Bool { options.color == .convert || job.probe.isCMYK }

    /// The denominator by which a JPEG is reduced while decoding: the largest of 8, 4 and 2, for
    /// which libjpeg has SIMD code, that does not exceed the whole reduction.
    private var denominator: Int {
        guard job.probe.format == .jpeg, job.framed == job.probe.displaySize else { return 1 }
        let reduction = Double(job.framed.shortSide) / Double(attempt.size.shortSide)
        return [8, 4, 2].first { reduction >= Double($0) } ?? 1
    }

    private func encode(
        _ decoded: any StripSource, region whole: PixelRegion, _ checkpoint: (Double) throws -> Void
    ) throws -> EncodedBytes {
        var source = decoded
        var region = whole
        let orientation = job.probe.orientation
        let framed = orientation.displaySize(of: job.framed)
        if framed.area > job.probe.size.area {
            source = try PaddedStripSource(decoded, size: framed, background: options.background)
            region = PixelRegion(framed)
        } else if framed.area < job.probe.size.area {
            // Even offsets, so that chroma samples stay aligned.
            region = PixelRegion(
                left: Double((job.probe.size.width - framed.width) / 4 * 2),
                top: Double((job.probe.size.height - framed.height) / 4 * 2),
                width: Double(framed.width), height: Double(framed.height))
        }
        let sink = try makeSink(for: source.format)
        let pipeline = PixelPipeline(
            region: region, orientation: orientation, filter: options.filter,
            stages: threads > 1 ? .all : [])
        try pipeline.run(from: source, to: sink, checkpoint: checkpoint)
        let encoded = try sink.finish()
        let count = encoded.count
        return EncodedBytes(adopting: encoded.release(), count: count)
    }

    private func makeSink(for source: PlaneFormat) throws(CodecError) -> any ImageSink {
        // Converted images, and those that were sRGB, carry no profile.
        let carried =
            options.color == .keep && !job.probe.isCMYK ? job.probe.profile ?? describedProfile : nil
        let profile = carried.flatMap { profile in
            // A grey profile does not describe a colour image; a coloured background has made it
            // one.
            profile.dataSpace == "GRAY" && source.model != .grey ? nil : profile
        }
        let settings = EncodeSettings(quality: attempt.quality, profile: profile, maximumBytes: maximumBytes)
        switch attempt.mediaType {
        case .jpeg:
            let model: PlaneFormat.Model = source.model == .grey ? .grey : .yCbCr
            let format = PlaneFormat(model, size: attempt.size, subsampling: attempt.subsampling)
            return try JPEGSink(format: format, settings: settings)
        case .png:
            let model: PlaneFormat.Model = source.model == .grey ? .grey : .rgb
            return try PNGSink(
                format: PlaneFormat(model, size: attempt.size, hasAlpha: source.hasAlpha), settings: settings)
        case .webp:
            let model: PlaneFormat.Model = source.model == .grey ? .grey : .rgb
            return try WebPSink(
                format: PlaneFormat(model, size: attempt.size, hasAlpha: source.hasAlpha), settings: settings)
        }
    }
}
