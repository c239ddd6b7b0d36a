import ImagePreparation
public import SeedreamClient
public import SeedreamModel

extension SeedreamSession {
    /// Sends the rows of a manifest as one run: as ``run(_:as:to:options:reporter:deliver:)``, but
    /// as a stream. A row is in the ledger before it is sent, and no more rows are read ahead than
    /// are needed to keep the provider busy, so that a million of them take no more memory than a
    /// hundred.
    ///
    /// A row of the manifest that cannot be a request is delivered and recorded as failed, as is
    /// one whose provider no session is of. A row is called by its id in the ledger.
    ///
    /// - Parameters:
    ///   - manifest: The rows that are left in it.
    ///   - run: Which run this is a start of; see `RunRecord.Identity`.
    ///   - destination: Where results go. A row may have a template of its own for their names.
    ///   - others: Sessions of other providers that rows may name, over the same ledger.
    ///   - options: How the run is carried out.
    ///   - fetchesURLs: Whether URLs are fetched here and made valid, instead of by the provider.
    ///   - results: Where each row is appended as it ends.
    ///   - reporter: Receives what happens to each row.
    ///   - configure: Changes each request before the row's own settings do.
    ///   - deliver: Receives each row as it ends, after `results`.
    /// - Returns: Why the run took no more rows; `nil` where it came to its end, or was cancelled.
    /// - Throws: `ManifestError`, `ResultsError`, `LedgerError`; `KeyError` before anything is
    ///   read; what `deliver` throws.
    public func batch(
        _ manifest: ManifestReader, as run: RunRecord, to destination: Destination,
        others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(), fetchesURLs: Bool = false, results: ResultsFile? = nil,
        reportingTo reporter: SessionReporter? = nil,
        configure: (inout GenerationRequest) -> Void = { _ in },
        deliver: (RowDocument) async throws -> Void
    ) async throws -> RunStop? {
        // What is being worked on: as many rows as the engine reads ahead.
        var open: [String: RowDocument] = [:]
        return try await self.run(
            as: run, to: destination, others: others, options: options, reportingTo: reporter,
            next: {
                guard let record = try manifest.next() else { return nil }
                let next = RowRequest(record, fetchesURLs: fetchesURLs, configure: configure)
                open[next.label] = RowDocument(record)
                return next
            },
            deliver: { outcome in
                var document =
                    open.removeValue(forKey: outcome.label)
                    ?? RowDocument(id: outcome.label, state: .waiting)
                document.take(outcome)
                document.run = run.identity.name ?? run.id
                // A row that waits has not ended: a later start appends it.
                if document.state != .waiting { try results?.append(document) }
                try await deliver(document)
            })
    }
}

extension RowRequest {
    /// The request of a manifest's row; one that cannot be a request is refused.
    ///
    /// - Parameters:
    ///   - fetchesURLs: Whether URLs are fetched here and made valid, instead of by the provider.
    ///   - configure: Changes the request before the row's own settings do.
    public init(
        _ record: ManifestRecord, fetchesURLs: Bool, configure: (inout GenerationRequest) -> Void
    ) {
        switch record {
        case .failure(let failure):
            self.init(
                label: failure.id ?? "line \(failure.line)", inputs: [],
                request: GenerationRequest(prompt: ""))
            refusal = .init(code: "manifest", message: failure.message, hint: failure.hint)
        case .row(let row):
            var request = GenerationRequest(prompt: row.prompt)
            configure(&request)
            row.apply(to: &request)
            self.init(
                label: row.id, id: row.id,
                inputs: row.images.map { Input(argument: $0, fetchesURLs: fetchesURLs) }, request: request)
            provider = row.provider
            template = row.name
        }
    }
}

extension RowDocument {
    /// Takes over what became of the row in one start of its run.
    public mutating func take(_ outcome: RowOutcome) {
        if let job = outcome.job { take(job) }
        switch outcome.deed {
        case .skipped: state = .skipped
        case .waiting: state = .waiting
        case .unusable: state = .failed
        case .elsewhere where outcome.job == nil: state = .preparing
        case .sent, .resumed, .missing, .leftFailed, .leftUnknown, .elsewhere:
            if outcome.job == nil { state = outcome.deed == .leftUnknown ? .unknown : .failed }
        }
        take(outcome.failed, outcome.error)
    }

    /// Takes over what the row would do.
    public mutating func take(_ plan: RowPlan) {
        if let job = plan.saved {
            take(job)
            state = .skipped
        } else if plan.submission == nil {
            state = .failed
        }
        take(plan.failed, plan.error)
    }

    private mutating func take(_ failed: [FailedInput], _ cause: (any Error)?) {
        if let input = failed.first {
            error = RowFailure(
                category: "input", code: input.code.rawValue, message: "\(input.name): \(input.message)",
                hint: input.hint)
        } else if let cause, !(cause is CancellationError),
            // What the manifest says of itself is there already.
            error == nil || !(cause is RefusedRowError)
        {
            error = RowFailure(cause)
        }
    }
}
