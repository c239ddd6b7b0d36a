import SeedreamModel

extension ImagePreparer {
    /// The policy for inputs of a request that cannot be prepared.
    public enum FailurePolicy: Hashable, Sendable {
        /// The call throws: a request without one of its images is a different request.
        case refuse
        /// The other inputs are prepared, and the result lists the failures.
        case collect
    }

    /// Prepares the inputs of one request.
    ///
    /// If there are more inputs than one request takes, only the last ones are used. Several images
    /// are prepared concurrently, within the processors and the ``PreparationOptions/memoryBudget``
    /// shared by all calls of the process. Any number of tasks may call this; images wait for their
    /// turn in the order of their requests. Prepared images belong to the caller and are not
    /// counted.
    ///
    /// The whole body is kept within ``/SeedreamModel/InputConstraints/maximumBodyBytes``: if the
    /// images are too large together, the largest ones are re-encoded at a smaller size.
    ///
    /// - Parameters:
    ///   - inputs: The inputs, at least one.
    ///   - failures: The policy for inputs that fail. Default: `refuse`.
    ///   - reporter: Receives progress, and is finished when this returns.
    /// - Returns: The prepared images in input order; with `collect`, also the failures.
    /// - Throws: ``PreparationFailure``, which lists every failed input;
    ///   ``PreparationError/tooManyInputs(count:maximum:)`` if the options are strict;
    ///   `CancellationError`, between strips or while an image waits for its turn, if the task is
    ///   cancelled.
    public func prepare(
        _ inputs: [ImageInput], failures: FailurePolicy = .refuse,
        reportingTo reporter: ProgressReporter? = nil
    ) async throws -> PreparedBatch {
        let used: Range<Int>
        do throws(PreparationError) {
            used = try self.used(of: inputs.count)
        } catch {
            reporter?.finish()
            throw error
        }
        var batch = try await prepare(
            inputs[used].map { $0 as ImageInput? }, from: used.lowerBound, failures: failures,
            reportingTo: reporter)
        batch.dropped = (0..<used.lowerBound).map { DroppedInput(index: $0, name: inputs[$0].name) }
        return batch
    }

    /// Prepares the inputs of a request in which some images are not prepared here, such as URLs
    /// that the provider fetches.
    ///
    /// - Parameters:
    ///   - places: The inputs used, in order. `nil` marks an image that is not prepared here; it
    ///     keeps its number.
    ///   - first: The index of the first of them.
    ///   - onCancellation: If the task is cancelled, receives the outcomes before the first input
    ///     that was not ready. The images may be too large together for one body.
    package func prepare(
        _ places: [ImageInput?], from first: Int, failures: FailurePolicy = .refuse,
        reportingTo reporter: ProgressReporter? = nil,
        onCancellation: (PreparedBatch) -> Void = { _ in }
    ) async throws -> PreparedBatch {
        defer { reporter?.finish() }
        let survey = survey(places, from: first)
        // Reading standard input ends early if the task is cancelled.
        try Task.checkCancellation()
        var batch = PreparedBatch(images: [], failed: survey.plan.failed, dropped: [])
        if failures == .refuse, !batch.failed.isEmpty { throw PreparationFailure(inputs: batch.failed) }
        reporter?.begin(total: survey.jobs.count)
        let executor = ImageExecutor(constraints: constraints, options: options)
        let run = BatchRun(executor: executor, budget: budget, reporter: reporter)
        let items = survey.jobs.map { BatchRun.Item(job: $0, maximumBytes: constraints.maximumBytes) }
        do {
            try await run.run(items) { batch.add($0) }
            try await shareBody(among: survey.jobs, in: &batch, executor)
        } catch let error as CancellationError {
            onCancellation(batch)
            throw error
        }
        batch.failed.sort { $0.index < $1.index }
        if failures == .refuse, !batch.failed.isEmpty { throw PreparationFailure(inputs: batch.failed) }
        return batch
    }

    /// Prepares one input for its own request, while the caller prepares others. Images of all
    /// calls share one budget, as in ``prepare(_:failures:reportingTo:)``.
    ///
    /// - Returns: The outcome, with index 0 and position 1.
    /// - Throws: `CancellationError`. A failed input is an outcome.
    package func prepareOne(_ input: ImageInput) async throws -> PreparationOutcome {
        let job: ImageJob
        do throws(PreparationError) {
            job = try self.job(for: input, index: 0, position: 1)
        } catch {
            return .failed(FailedInput(index: 0, position: 1, name: input.name, error: error))
        }
        let executor = ImageExecutor(constraints: constraints, options: options)
        return try await BatchRun(executor: executor, budget: budget)
            .outcome(of: .init(job: job, maximumBytes: constraints.maximumBytes), threads: 1)
    }

    /// Prepares many inputs, each for its own request, and delivers each outcome in input order.
    ///
    /// Nothing is dropped, and each body holds one image. Memory does not grow with the number of
    /// inputs: an outcome is released once `deliver` returns, and work waits for a slow `deliver`.
    /// Images of all calls share one budget, as in ``prepare(_:failures:reportingTo:)``; while
    /// `deliver` runs, this call takes no more of it than the images already in progress and one
    /// more.
    ///
    /// - Throws: The error that `deliver` throws, and `CancellationError`. Failed inputs are
    ///   outcomes.
    public func prepareEach(
        _ inputs: [ImageInput], reportingTo reporter: ProgressReporter? = nil,
        deliver: (PreparationOutcome) async throws -> Void
    ) async throws {
        defer { reporter?.finish() }
        reporter?.begin(total: inputs.count)
        let executor = ImageExecutor(constraints: constraints, options: options)
        let run = BatchRun(executor: executor, budget: budget, reporter: reporter)
        // Headers are read in slices, so that the descriptions of ten thousand images are not held
        // at once.
        for start in stride(from: 0, to: inputs.count, by: 256) {
            let slice = start..<min(start + 256, inputs.count)
            var failed: [Int: FailedInput] = [:]
            var items: [BatchRun.Item] = []
            for index in slice {
                do throws(PreparationError) {
                    items.append(
                        .init(
                            job: try job(for: inputs[index], index: index, position: 1),
                            maximumBytes: constraints.maximumBytes))
                } catch {
                    failed[index] = FailedInput(
                        index: index, position: 1, name: inputs[index].name, error: error)
                }
            }
            try Task.checkCancellation()
            var next = slice.lowerBound
            func deliverFailures(before end: Int) async throws {
                for index in next..<max(next, end) {
                    guard let failure = failed[index] else { continue }
                    reporter?.complete(index: index, name: failure.name)
                    try await deliver(.failed(failure))
                }
                next = max(next, end)
            }
            try await run.run(items) { outcome in
                try await deliverFailures(before: outcome.index)
                try await deliver(outcome)
                next = outcome.index + 1
            }
            try await deliverFailures(before: slice.upperBound)
        }
    }

    /// Re-encodes the largest images if all images together exceed the body.
    private func shareBody(
        among jobs: [ImageJob], in batch: inout PreparedBatch, _ executor: ImageExecutor
    ) async throws {
        let budget = constraints.maximumBodyBytes - BodyBudget.envelope(images: batch.images.count)
        guard batch.dataURILength > budget else { return }
        let share = BodyBudget.share(of: budget, among: batch.images.map(\.dataURI.length))
        let large = Set(batch.images.filter { $0.dataURI.length > share }.map(\.index))
        batch.images.removeAll { large.contains($0.index) }
        try await prepareAgain(large, of: jobs, share: share, in: &batch, executor)
        // Images come out smaller than their share. The remainder may suffice for those that did
        // not fit theirs.
        let short = Set(
            batch.failed.filter { large.contains($0.index) && $0.code == .tooManyBytes }.map(\.index))
        if !short.isEmpty {
            batch.failed.removeAll { short.contains($0.index) }
            let left = max(share, (budget - batch.dataURILength) / short.count)
            try await prepareAgain(short, of: jobs, share: left, in: &batch, executor)
        }
        batch.images.sort { $0.index < $1.index }
    }

    private func prepareAgain(
        _ indices: Set<Int>, of jobs: [ImageJob], share: Int, in batch: inout PreparedBatch,
        _ executor: ImageExecutor
    ) async throws {
        let maximumBytes = BodyBudget.bytes(forCharacters: share)
        let items = jobs.filter { indices.contains($0.planned.index) }.map {
            BatchRun.Item(job: $0, maximumBytes: min(maximumBytes, constraints.maximumBytes))
        }
        try await BatchRun(executor: executor, budget: budget).run(items) { batch.add($0) }
    }
}
