import ImagePreparation
public import SeedreamClient
public import SeedreamModel
import Synchronization

extension SeedreamSession {
    /// Sends the rows of a manifest as one run, as a stream. Each row is in the ledger before it is
    /// sent, and only as many rows are read ahead as keep the provider busy. Memory grows by 14 to
    /// 23 KiB for each row, as measured over 5,000 rows.
    ///
    /// A row that is not a valid request is recorded as failed and delivered, and so is a row whose
    /// provider has no session. The ledger labels a row by its id.
    ///
    /// - Parameters:
    ///   - manifest: The manifest, whose remaining rows are sent.
    ///   - run: The run to start or continue; see `RunRecord.Identity`.
    ///   - destination: The folder and names of the results. A row may have its own template for
    ///     the names.
    ///   - others: The sessions of other providers that rows may name, over the same ledger.
    ///   - options: The options of the run.
    ///   - fetchesURLs: Whether URLs are downloaded here and prepared, or passed on to the
    ///     provider. Default: passed on.
    ///   - shard: The rows to send, by id. Default: `nil`, all.
    ///   - results: The file that each row is appended to as it ends.
    ///   - reporter: Receives the events of each row.
    ///   - configure: Changes each request before the row's own settings are applied.
    ///   - complete: Changes each row after its own settings were applied.
    ///   - deliver: Receives each row as it ends, after it was appended to `results`.
    /// - Returns: The reason why the run stopped early; `nil` if it reached its end or was
    ///   cancelled.
    /// - Throws: `ManifestError`, `ResultsError`, `LedgerError`; `KeyError` before anything is
    ///   read; the errors of `deliver`.
    public func batch(
        _ manifest: ManifestReader, as run: RunRecord, to destination: Destination,
        others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(), fetchesURLs: Bool = false, shard: Shard? = nil,
        results: ResultsFile? = nil, reportingTo reporter: SessionReporter? = nil,
        configure: @escaping @Sendable (inout GenerationRequest) -> Void = { _ in },
        complete: @escaping @Sendable (inout RowRequest) -> Void = { _ in },
        deliver: (RowDocument) async throws -> Void
    ) async throws -> RunStop? {
        let open = OpenRows()
        return try await self.run(
            as: run, to: destination, others: others, options: options, reportingTo: reporter,
            next: {
                guard let record = try await manifest.nextRecord(of: shard) else { return nil }
                var next = RowRequest(record, fetchesURLs: fetchesURLs, configure: configure)
                complete(&next)
                open.add(RowDocument(record), label: next.label)
                return next
            },
            deliver: { outcome in
                var document = open.take(outcome.label)
                document.take(outcome)
                document.run = run.identity.name ?? run.id
                // A waiting row has not ended: a later start appends it.
                if document.state != .waiting { try results?.append(document) }
                try await deliver(document)
            })
    }
}

/// The documents of the rows in progress, by label: as many as the engine reads ahead.
package final class OpenRows: Sendable {
    private let documents = Mutex<[String: RowDocument]>([:])

    package init() {}

    package func add(_ document: RowDocument, label: String) {
        documents.withLock { $0[label] = document }
    }

    /// Removes and returns the document of a row.
    package func take(_ label: String) -> RowDocument {
        documents.withLock { $0.removeValue(forKey: label) }
            ?? RowDocument(id: label, state: .waiting)
    }
}

extension RowRequest {
    /// Makes the request of a manifest's row. A row that is not a valid request is refused.
    ///
    /// - Parameters:
    ///   - record: The row as it was read.
    ///   - fetchesURLs: Whether URLs are downloaded here and prepared, or passed on to the
    ///     provider.
    ///   - configure: Changes the request before the row's own settings are applied.
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
    /// Updates the document from the row's outcome.
    public mutating func take(_ outcome: RowOutcome) {
        if let job = outcome.job { take(job) }
        switch outcome.action {
        case .skipped: state = .skipped
        case .waiting: state = .waiting
        case .unusable: state = .failed
        case .elsewhere where outcome.job == nil: state = .preparing
        case .sent, .resumed, .missing, .leftFailed, .leftUnknown, .elsewhere:
            if outcome.job == nil { state = outcome.action == .leftUnknown ? .unknown : .failed }
        }
        take(outcome.failed, outcome.error)
    }

    /// Updates the document from the row's plan.
    public mutating func take(_ plan: RowPlan) {
        if let job = plan.saved {
            take(job)
            state = .skipped
        } else if let request = plan.submission {
            (provider, model) = (request.provider, request.model)
        } else {
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
            // The manifest's failure was recorded already.
            error == nil || !(cause is RefusedRowError)
        {
            error = RowFailure(cause)
        }
    }
}
