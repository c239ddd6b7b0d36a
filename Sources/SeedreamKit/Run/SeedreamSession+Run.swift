import ImagePreparation
public import SeedreamClient
public import SeedreamModel

extension SeedreamSession {
    /// Sends many requests as one run: safe to interrupt, and safe to repeat.
    ///
    /// What the ledger holds as saved is skipped, what is open is fetched, what waits is sent, and what is unknown is
    /// never sent again. A row is known by what decides its result, so that a renamed file is not bought twice, and a
    /// changed one is. All rows are in the ledger before the first is sent.
    ///
    /// `ClientConfiguration.budget` holds for all starts of the run together.
    ///
    /// - Parameters:
    ///   - rows: Each with another label.
    ///   - run: Which run this is a start of; see `RunRecord.Identity`.
    ///   - destination: Where results go.
    ///   - options: How the run is carried out.
    ///   - reporter: Makes the receiver of what happens to a row's request, from its place in `rows` and its label.
    ///   - deliver: Receives each outcome as soon as it is known, in the order in which the rows end.
    /// - Returns: Why the run took no more rows; `nil` where it came to its end, or was cancelled.
    /// - Throws: `LedgerError`; `KeyError` and `BudgetError` before anything is read; what `deliver` throws.
    public func run(
        _ rows: [RowRequest], as run: RunRecord, to destination: Destination,
        options: RunOptions = RunOptions(),
        reporter: @escaping @Sendable (_ index: Int, _ label: String) -> ClientReporter? = { _, _ in nil },
        deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        try client.checkKey()
        let joined = try await client.ledger.join(run)
        try await client.ledger.expect(rows.map(\.label), in: joined.id)
        try await checkBudget(of: rows, in: joined, options)
        let engine = RunEngine(
            [self], run: joined, destination: destination, options: options, reporter: reporter)
        var left = rows.makeIterator()
        return try await engine.drive(next: { left.next() }, deliver: deliver)
    }

    /// The same for rows that come one after the other and need not end: each is in the ledger before it is sent, and a few
    /// more than ``RunOptions/parallel`` are asked for in advance.
    ///
    /// - Parameters:
    ///   - others: Sessions of other providers that rows may name, over the same ledger.
    ///   - next: The next row; `nil` at the end.
    public func run(
        as run: RunRecord, to destination: Destination, others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(),
        reporter: @escaping @Sendable (_ index: Int, _ label: String) -> ClientReporter? = { _, _ in nil },
        next: () async throws -> RowRequest?, deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        try client.checkKey()
        let joined = try await client.ledger.join(run)
        let engine = RunEngine(
            [self] + others, run: joined, destination: destination, options: options, reporter: reporter)
        return try await engine.drive(next: next, deliver: deliver)
    }

    /// Refuses a start whose rows would cost more than is left. The ledger checks each row again when it is sent.
    private func checkBudget(of rows: [RowRequest], in run: RunRecord, _ options: RunOptions) async throws {
        guard let budget = client.configuration.budget else { return }
        let known = try await client.ledger.rows(of: run.id, after: 0, limit: nil)
        let states = Dictionary(known.map { ($0.label, $0.state) }) { $1 }
        let left = rows.filter { row in
            switch states[row.label] ?? .waiting {
            case .waiting, .preparing, .skipped: true
            case .failed, .cancelled: options.retriesFailed
            case .submitting, .accepted, .finished, .saved, .unknown: false
            }
        }
        let outputs = left.reduce(0) { $0 + $1.request.maximumOutputs }
        let price = client.planner.price(of: rows.first?.request.model)
        let spent = try await client.ledger.summary(of: run.id)?.cost[budget.unit]
        try budget.check(pictures: outputs, price: price, after: spent ?? 0)
    }

    // MARK: One request

    /// What is known of a request that is to be sent by itself.
    public struct SingleRow: Sendable {
        /// The row that it is sent for.
        public var reference: RowReference
        /// The jobs of equal requests that are saved, the newest first.
        public var saved: [JobRecord]
    }

    /// Gives a request that is sent by itself a row of its run. Each is bought: another image is what is wanted.
    ///
    /// - Parameters:
    ///   - request: Prompt and settings.
    ///   - inputs: Its images.
    ///   - run: The run that it belongs to.
    ///   - label: What the row is called.
    ///   - buysAgain: Whether it is sent although an equal one is open, or may have been bought.
    /// - Throws: ``EqualRequestError`` where an equal request is open or unknown; `PreparationError` where an input cannot
    ///   be read; `LedgerError`.
    public func single(
        _ request: GenerationRequest, _ inputs: [RowRequest.Input], in run: RunRecord, label: String,
        buysAgain: Bool
    ) async throws -> SingleRow {
        var digests: [String] = []
        for input in inputs.suffix(preparer.constraints.maximumInputs) {
            switch input {
            case .local(let image): digests.append(try image.sha256(limits: preparer.options.limits))
            case .remote(let url), .fetched(let url): digests.append(url)
            }
        }
        let key = RowKey(
            SubmissionPlanner(client.provider, configuration: client.configuration), preparer: preparer)
        let content = key.content(of: request, inputs: digests)
        let ledger = client.ledger
        let equal = try await ledger.jobs(withContent: content)
        if !buysAgain, let open = equal.first(where: { !$0.state.isFinal || $0.state == .unknown }) {
            throw EqualRequestError(job: open)
        }
        let joined = try await ledger.join(run)
        let ofRun = equal.filter { $0.row?.run == joined.id }.count
        let text = "\(content)#\(ofRun + 1)"
        let row = try await ledger.row(text, label: label, in: joined.id)
        return SingleRow(
            reference: RowReference(run: joined.id, number: row.number, key: text, content: content),
            saved: equal.filter { $0.state == .saved })
    }
}

/// An equal request is open at the provider, or may have been bought: sending it again would pay twice.
public struct EqualRequestError: Error, Sendable, CustomStringConvertible {
    /// The newest of them.
    public var job: JobRecord

    /// Which job it is, and how it stands; one line.
    public var description: String {
        "an equal request is \(job.state == .unknown ? "of unknown outcome" : "open"): job \(job.id.prefix(8))"
    }
}
