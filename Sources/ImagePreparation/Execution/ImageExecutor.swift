import ImageCodecs
import PixelEngine
import Pixels
import Platform
import SeedreamModel

/// Executes the plan for one image in the calling thread, and in others if it may use several.
struct ImageExecutor {
    var constraints: InputConstraints
    var options: PreparationOptions
    /// The memory for files that pass through.
    let fileMemory: FileMemory

    init(constraints: InputConstraints, options: PreparationOptions) {
        self.constraints = constraints
        self.options = options
        fileMemory = .shared(maximumSpares: Processors.count)
    }

    /// Prepares the image in at most `maximumBytes`.
    ///
    /// - Parameters:
    ///   - maximumBytes: The maximum encoded size in bytes: the constraint's own, or less if images
    ///     share a body.
    ///   - threads: The number of threads that may be busy at the same time.
    ///   - checkpoint: Called between strips with the completed fraction; throws to stop.
    func prepare(
        _ job: ImageJob, maximumBytes: Int, threads: Int, checkpoint: @escaping (Double) throws -> Void
    ) throws -> PreparedImage {
        let source = try InputOpener.open(job.input, limits: options.limits)
        guard source.identity == job.identity else { throw PreparationError.inputChanged }
        do {
            return try prepare(job, source, maximumBytes, threads, checkpoint)
        } catch CodecError.sizeDiffers(let size) {
            var probe = job.probe
            probe.size = size
            let planner = Planner(constraints: constraints, options: options)
            let again = try planner.job(
                index: job.planned.index, position: job.planned.position, input: job.input, probe: probe,
                identity: job.identity)
            return try prepare(again, source, maximumBytes, threads, checkpoint)
        }
    }

    private func prepare(
        _ job: ImageJob, _ source: EncodedSource, _ maximumBytes: Int, _ threads: Int,
        _ checkpoint: @escaping (Double) throws -> Void
    ) throws -> PreparedImage {
        var work = Work(
            job: job, source: source, maximumBytes: maximumBytes, threads: threads,
            checkpoint: checkpoint)
        let mayPass = job.planned.reasons.areMetByStripping(job.probe.format, mayShrink: true)
        do {
            if mayPass, let passed = try passThrough(&work) { return passed }
            if job.planned.action == .turn, let rotated = try rotate(&work) { return rotated }
        } catch let error as CodecError where error.isDamage && options.damage == .warn {
            // Damaged data are never sent unchanged. Decoding shows whether an image can be
            // recovered.
        }
        return try transcode(&work)
    }

    /// The state shared by the steps for one image.
    private struct Work {
        var job: ImageJob
        var source: EncodedSource
        var maximumBytes: Int
        var threads: Int
        var checkpoint: (Double) throws -> Void
        /// Whether the stripped file was over the budget.
        var isTooLargeStripped = false
        /// The reasons for parts that stripping cannot remove but re-encoding does.
        var hidden: [Reason] = []
        /// Whether any pixel is not opaque; `nil` until decoding has settled it.
        var isTransparent: Bool?
    }

    // MARK: Pass-through

    /// Returns the stripped file, or `nil` if the image must be re-encoded after all.
    private func passThrough(_ work: inout Work) throws -> PreparedImage? {
        let probe = work.job.probe
        let loaded = try load(work)
        let source = loaded.map { EncodedSource($0) } ?? work.source
        let stripped = try ContainerStripper.strip(source, probe: probe, limits: options.limits)
        if stripped.needsEncoding, !options.keepsMetadata {
            work.hidden = reasons(for: stripped)
            return nil
        }
        var checked = CheckLevel.structure
        if probe.hasAlpha, !options.keepsAlpha {
            work.isTransparent = try RowReaders.withReader(
                of: source, probe: probe, limits: options.limits
            ) {
                try $0.hasTransparency()
            }
            if work.isTransparent == true { return nil }
            checked = .pixels
        } else if options.verifies || stripped.lacksEnd || stripped.needsEncoding {
            try PixelCheck.decode(
                source, probe: probe, limits: options.limits, checkpoint: work.checkpoint)
            checked = .pixels
        }
        // Additional frames are not metadata; the notice says that they are omitted.
        let keepsAll =
            options.keepsMetadata && !stripped.lacksEnd && !stripped.removals.contains(.animation)
        let byteCount = keepsAll ? source.count : stripped.byteCount
        guard byteCount <= work.maximumBytes else {
            work.isTooLargeStripped = true
            return nil
        }
        let isIdentical = keepsAll || stripped.isIdentical(to: source)
        let bytes: EncodedBytes
        if let loaded, let kept = keepsAll ? loaded.bytes : loaded.keep(stripped) {
            bytes = EncodedBytes(kept, in: loaded)
        } else {
            let memory = try WorkingMemory(byteCount: byteCount)
            let target = UnsafeMutableRawBufferPointer(start: memory.base, count: byteCount)
            if isIdentical {
                guard try source.read(at: 0, into: target) == byteCount else {
                    throw CodecError.truncated("the file became shorter while it was read")
                }
            } else {
                try stripped.write(from: source, into: target)
            }
            bytes = EncodedBytes(UnsafeRawBufferPointer(target), in: memory)
        }
        return PreparedImage(
            index: work.job.planned.index, position: work.job.planned.position,
            source: work.job.planned.source,
            action: .passThrough, reasons: isIdentical ? [] : reasons(for: stripped),
            notices: work.job.planned.notices, checked: checked,
            isIdentical: isIdentical, mediaType: MediaType(probe.format) ?? .jpeg, size: probe.displaySize,
            bytes: bytes)
    }

    /// Returns the reasons why the stripped file differs from the source.
    private func reasons(for stripped: StrippedImage) -> [Reason] {
        var reasons: [Reason] = []
        if stripped.removals.contains(.animation) { reasons.append(.firstFrame) }
        if !stripped.removals.subtracting([.animation, .trailingData]).isEmpty {
            reasons.append(.metadataRemoved)
        }
        if stripped.removals.contains(.trailingData) || stripped.needsEncoding {
            reasons.append(.trailingDataRemoved)
        }
        if stripped.lacksEnd, !stripped.needsEncoding { reasons.append(.endMarkerAdded) }
        // Otherwise only the header was corrected.
        return reasons.isEmpty ? [.metadataRemoved] : reasons
    }

    /// Returns the file loaded into memory, if that takes no more than its result will.
    ///
    /// A file over the budget is read from disk as needed, as is one whose alpha must be decoded
    /// first.
    private func load(_ work: Work) throws(CodecError) -> LoadedFile? {
        guard work.source.identity != nil, work.source.count <= work.maximumBytes,
            !work.job.probe.hasAlpha || options.keepsAlpha
        else { return nil }
        return try LoadedFile(work.source, memory: fileMemory)
    }

    // MARK: Lossless rotation

    /// Returns the file after lossless rotation, or `nil` if the pixels must be decoded after all.
    private func rotate(_ work: inout Work) throws -> PreparedImage? {
        guard
            let turned = try JPEGRotator.turn(work.source, probe: work.job.probe, limits: options.limits)
        else {
            return nil
        }
        guard turned.count <= work.maximumBytes else {
            work.isTooLargeStripped = true
            return nil
        }
        let count = turned.count
        let bytes = EncodedBytes(adopting: turned.release(), count: count)
        return PreparedImage(
            index: work.job.planned.index, position: work.job.planned.position,
            source: work.job.planned.source,
            action: .turn, reasons: work.job.planned.reasons, notices: work.job.planned.notices,
            checked: .pixels,
            isIdentical: false, mediaType: .jpeg, size: work.job.probe.displaySize, bytes: bytes)
    }

    // MARK: Transcoding

    private func transcode(_ work: inout Work) throws -> PreparedImage {
        let probe = work.job.probe
        if options.keepsAlpha, probe.hasAlpha, work.isTransparent == nil {
            work.isTransparent = try RowReaders.withReader(
                of: work.source, probe: probe, limits: options.limits,
                damage: options.damage == .warn ? DamageReport() : nil
            ) {
                try $0.hasTransparency()
            }
        }
        let keepsAlpha = options.keepsAlpha && work.isTransparent == true
        let ladder = EncodeLadder(constraints: constraints, options: options)
        let attempts = ladder.attempts(for: work.job, keepsAlpha: keepsAlpha)
        for (number, attempt) in attempts.enumerated() {
            let transcoder = Transcoder(
                job: work.job, attempt: attempt, options: options, isKnownOpaque: work.isTransparent == false,
                maximumBytes: work.maximumBytes, threads: work.threads)
            let result: Transcoder.Result
            do {
                result = try transcoder.run(work.source, checkpoint: work.checkpoint)
            } catch CodecError.outputTooLarge {
                continue
            }
            return prepared(result, by: attempt, instead: number == 0 ? nil : attempts[0], work)
        }
        throw PreparationError.tooManyBytes(maximum: work.maximumBytes)
    }

    private func prepared(
        _ result: Transcoder.Result, by attempt: EncodeAttempt, instead planned: EncodeAttempt?, _ work: Work
    ) -> PreparedImage {
        let job = work.job
        var reasons = job.planned.reasons.filter { $0 != .overByteBudget }
        // If the data are damaged, the parts that could not be followed were damage, not hidden
        // data.
        if result.damage == nil { reasons += work.hidden.filter { !reasons.contains($0) } }
        if result.flattened { reasons.append(.flattened) }
        var notices = job.planned.notices
        if let damage = result.damage {
            reasons.append(.damaged)
            let rest = "what could be decoded is used, the rest is grey or blurred"
            notices.append(Notice(.damaged, "\(damage); \(rest)"))
        }
        if planned != nil || work.isTooLargeStripped {
            reasons.append(work.maximumBytes < constraints.maximumBytes ? .overBodyBudget : .overByteBudget)
        }
        if let planned {
            if attempt.quality != planned.quality || attempt.subsampling != planned.subsampling {
                notices.append(
                    Notice(
                        .qualityReduced,
                        "quality \(attempt.quality) \(attempt.subsampling) instead of \(planned.quality) \(planned.subsampling), to stay within \(work.maximumBytes) bytes"
                    ))
            }
            if attempt.size != planned.size {
                notices.append(
                    Notice(
                        .areaReduced,
                        "\(attempt.size) instead of \(planned.size), to stay within \(work.maximumBytes) bytes"
                    ))
            }
        }
        return PreparedImage(
            index: job.planned.index, position: job.planned.position, source: job.planned.source,
            action: .transcode, reasons: reasons, notices: notices, checked: .pixels, isIdentical: false,
            mediaType: attempt.mediaType, size: attempt.size, bytes: result.bytes)
    }
}
