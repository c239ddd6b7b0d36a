import ImagePreparation
public import SeedreamClient
public import SeedreamModel

extension SeedreamSession {
    /// Sends the rows of a manifest as one run: as ``run(_:as:to:options:reporter:deliver:)``, but as a stream. A row is in the
    /// ledger before it is sent, and no more rows are read ahead than are needed to keep the provider busy, so that a million
    /// of them take no more memory than a hundred.
    ///
    /// A row of the manifest that cannot be a request is delivered and recorded as failed, as is one whose provider no session is
    /// of. A row is called by its id in the ledger.
    ///
    /// - Parameters:
    ///   - manifest: The rows that are left in it.
    ///   - run: Which run this is a start of; see `RunRecord.Identity`.
    ///   - destination: Where results go. A row may have a template of its own for their names.
    ///   - others: Sessions of other providers that rows may name, over the same ledger.
    ///   - options: How the run is carried out.
    ///   - fetchesURLs: Whether URLs are fetched here and made valid, instead of by the provider.
    ///   - results: Where each row is appended as it ends.
    ///   - reporter: Makes the receiver of what happens to a row's request, from its place in this start and its id.
    ///   - configure: Changes each request before the row's own settings do.
    ///   - deliver: Receives each row as it ends, after `results`.
    /// - Returns: Why the run took no more rows; `nil` where it came to its end, or was cancelled.
    /// - Throws: `ManifestError`, `ResultsError`, `LedgerError`; `KeyError` before anything is read; what `deliver` throws.
    public func batch(
        _ manifest: ManifestReader, as run: RunRecord, to destination: Destination,
        others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(), fetchesURLs: Bool = false, results: ResultsFile? = nil,
        reporter: @escaping @Sendable (_ index: Int, _ label: String) -> ClientReporter? = { _, _ in nil },
        configure: (inout GenerationRequest) -> Void = { _ in },
        deliver: (RowDocument) async throws -> Void
    ) async throws -> RunStop? {
        // What is being worked on: as many rows as the engine reads ahead.
        var open: [String: RowDocument] = [:]
        func end(_ document: RowDocument) async throws {
            var document = document
            document.run = run.identity.name ?? run.id
            try results?.append(document)
            try await deliver(document)
        }
        return try await self.run(
            as: run, to: destination, others: others, options: options, reporter: reporter,
            next: {
                switch try manifest.next() {
                case nil: return nil
                case .failure(let failure)?:
                    let label = failure.id ?? "line \(failure.line)"
                    open[label] = RowDocument(failure)
                    var next = RowRequest(label: label, inputs: [], request: GenerationRequest(prompt: ""))
                    next.refusal = .init(code: "manifest", message: failure.message, hint: failure.hint)
                    return next
                case .row(let row)?:
                    open[row.id] = RowDocument(row)
                    var request = GenerationRequest(prompt: row.prompt)
                    configure(&request)
                    row.apply(to: &request)
                    var next = RowRequest(
                        label: row.id, id: row.id,
                        inputs: row.images.map { Self.input($0, fetchesURLs) }, request: request)
                    next.provider = row.provider
                    next.template = row.name
                    return next
                }
            },
            deliver: { outcome in
                var document =
                    open.removeValue(forKey: outcome.label)
                    ?? RowDocument(id: outcome.label, state: .waiting)
                document.take(outcome)
                try await end(document)
            })
    }

    private static func input(_ image: String, _ fetchesURLs: Bool) -> RowRequest.Input {
        let head = image.prefix(8).lowercased()
        guard head.hasPrefix("http://") || head.hasPrefix("https://") else {
            return .local(ImageInput(argument: image))
        }
        return fetchesURLs ? .fetched(image) : .remote(image)
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
        if let input = outcome.failed.first {
            error = RowFailure(
                category: "input", code: input.code.rawValue, message: "\(input.name): \(input.message)",
                hint: input.hint)
        } else if let cause = outcome.error, !(cause is CancellationError),
            // What the manifest says of itself is there already.
            error == nil || !(cause is RefusedRowError)
        {
            error = RowFailure(cause)
        }
    }
}
