import SeedreamClient
import SeedreamModel

extension SeedreamSession {
    /// Edits images. Every pixel of every input is decoded before anything is sent, even if
    /// `PreparationOptions.verifies` is false.
    ///
    /// An equal request that is saved does not prevent another purchase. An equal request that is
    /// open or of unknown outcome does, since sending it again could pay twice.
    ///
    /// - Parameters:
    ///   - prompt: The prompt. "Image 1" in it means the first of the last ten inputs.
    ///   - inputs: The images to edit; empty to generate. If there are more than the provider
    ///     takes, the last ones are used.
    ///   - destination: The folder and names of the results.
    ///   - buysAgain: Whether to send the request even if an equal one is open or of unknown
    ///     outcome.
    ///   - reporter: Receives the events of the request.
    ///   - configure: Changes the request before it is sent.
    /// - Returns: The saved job.
    /// - Throws: `PreparationFailure` with every input that failed; the request is not sent without
    ///   them. ``EqualRequestError`` if an equal request is open or of unknown outcome. Otherwise
    ///   the errors of `SeedreamClient.run`.
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

    /// Generates images from a prompt alone.
    ///
    /// - Returns: The saved job.
    /// - Throws: The errors of ``edit(_:_:to:buysAgain:reportingTo:configure:)``.
    public func generate(
        _ prompt: String, to destination: Destination, buysAgain: Bool = false,
        reportingTo reporter: SessionReporter? = nil, configure: (inout GenerationRequest) -> Void = { _ in }
    ) async throws -> JobRecord {
        try await edit(
            prompt, [], to: destination, buysAgain: buysAgain, reportingTo: reporter, configure: configure)
    }

    /// Sends one request as a run of one row. Each call buys, unless an equal request is open or of
    /// unknown outcome.
    ///
    /// - Parameters:
    ///   - row: The request.
    ///   - run: The run of the request. `nil`: the run of this destination.
    ///   - destination: The folder and names of the results.
    ///   - options: Only ``RunOptions/buysAgain`` and ``RunOptions/waits`` have an effect.
    ///   - reporter: Receives the events of the request.
    /// - Returns: The outcome, with the job and the error that ended it.
    /// - Throws: `RequestError`, `KeyError`, `BudgetError` or `LedgerError` if the request is
    ///   refused before its images are read.
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
        if outcome.error == nil, outcome.action == .waiting, case .refused(let error)? = stop {
            outcome.error = error
        }
        if outcome.action == .elsewhere {
            // Another process is sending an equal request.
            outcome.error = outcome.job.map { EqualRequestError(job: $0) } ?? BusyRowError(label: row.label)
            outcome.job = nil
        }
        return outcome
    }
}

extension RowOutcome {
    /// Returns the job if its images are saved, or if its request was sent without waiting for the
    /// result; throws otherwise.
    func savedJob() throws -> JobRecord {
        if let error { throw error }
        if !failed.isEmpty { throw PreparationFailure(inputs: failed) }
        guard let job else { throw CancellationError() }
        return job
    }
}
