import SeedreamClient
import SeedreamModel

extension SeedreamSession {
    /// Edits images. Every pixel of every input is decoded before anything is sent, also where
    /// `PreparationOptions.verifies` is false.
    ///
    /// Another image is bought although equal requests are saved; but not while an equal one is
    /// open, or of unknown outcome: that would be paid twice.
    ///
    /// - Parameters:
    ///   - prompt: "Image 1" in it means the first of the last ten inputs.
    ///   - inputs: At least one; of more than the provider takes, the last are used.
    ///   - destination: Where results go.
    ///   - buysAgain: Whether it is sent although an equal request is open or unknown.
    ///   - reporter: Receives what happens.
    ///   - configure: Changes the request before it is sent.
    /// - Returns: The job, saved.
    /// - Throws: `PreparationFailure`, naming every input that failed: a request short of an image
    ///   is another request, and is not sent. ``EqualRequestError``. Otherwise as
    ///   `SeedreamClient.run`.
    public func edit(
        _ prompt: String, _ inputs: [RowRequest.Input], to destination: Destination, buysAgain: Bool = false,
        reportingTo reporter: SessionReporter? = nil, configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> JobRecord {
        var request = GenerationRequest(prompt: prompt)
        configure(&request)
        let label = inputs.map(\.name).joined(separator: " ")
        let row = RowRequest(label: label, inputs: inputs, request: request)
        var options = RunOptions()
        options.buysAgain = buysAgain
        let outcome = try await single(row, as: nil, to: destination, options: options, reportingTo: reporter)
        return try outcome.savedJob()
    }

    /// Makes images from words alone.
    ///
    /// - Returns: The job, saved.
    /// - Throws: As ``edit(_:_:to:buysAgain:reportingTo:configure:)``.
    public func generate(
        _ prompt: String, to destination: Destination, buysAgain: Bool = false,
        reportingTo reporter: SessionReporter? = nil, configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> JobRecord {
        try await edit(
            prompt, [], to: destination, buysAgain: buysAgain, reportingTo: reporter, configure: configure)
    }

    /// Sends one request as a run of one row: each call buys, unless an equal request is open or
    /// unknown.
    ///
    /// - Parameters:
    ///   - row: The request.
    ///   - run: Which run it belongs to; `nil` for that of this destination.
    ///   - destination: Where results go.
    ///   - options: ``RunOptions/buysAgain`` and ``RunOptions/waits`` count.
    ///   - reporter: Receives what happens.
    /// - Returns: What became of it, with its job and with the error that ended it.
    /// - Throws: What stops it before its images are read: `RequestError`, `KeyError`,
    ///   `BudgetError`, `LedgerError`.
    public func single(
        _ row: RowRequest, as run: RunRecord?, to destination: Destination,
        options: RunOptions = RunOptions(),
        reportingTo reporter: SessionReporter? = nil
    ) async throws -> RowOutcome {
        var options = options
        options.buysEqual = true
        let run =
            run
            ?? RunRecord(
                .init(
                    command: row.inputs.isEmpty ? "generate" : "edit", sources: [],
                    destination: destination.absolute.folder, origin: client.planner.origin))
        var outcome = RowOutcome(0, row.label, .waiting, error: CancellationError())
        let stop = try await self.run(
            [row], as: run, to: destination, options: options, reportingTo: reporter
        ) { outcome = $0 }
        if outcome.error == nil, outcome.deed == .waiting, case .refused(let error)? = stop {
            outcome.error = error
        }
        if outcome.deed == .elsewhere {
            // The same command twice at once.
            outcome.error = outcome.job.map { EqualRequestError(job: $0) } ?? BusyRowError(label: row.label)
            outcome.job = nil
        }
        return outcome
    }
}

extension RowOutcome {
    /// The job, where its images are saved, or its request was sent and is not waited for.
    func savedJob() throws -> JobRecord {
        if let error { throw error }
        if !failed.isEmpty { throw PreparationFailure(inputs: failed) }
        guard let job else { throw CancellationError() }
        return job
    }
}
