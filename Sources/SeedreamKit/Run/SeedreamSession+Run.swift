import SeedreamClient
import SeedreamModel

extension SeedreamSession {
    /// Sends many requests as one run: safe to interrupt, and safe to repeat.
    ///
    /// What the ledger holds as saved is skipped, what is open is fetched, what waits is sent, and
    /// what is unknown is never sent again. A row is known by what decides its result, so that a
    /// renamed file is not bought twice, and a changed one is. All rows are in the ledger before
    /// the first is sent.
    ///
    /// `ClientConfiguration.budget` holds for all starts of the run together.
    ///
    /// - Parameters:
    ///   - rows: Each with another label.
    ///   - run: Which run this is a start of; see `RunRecord.Identity`.
    ///   - destination: Where results go.
    ///   - options: How the run is carried out.
    ///   - reporter: Receives what happens to each row.
    ///   - deliver: Receives each outcome as soon as it is known, in the order in which the rows
    ///     end.
    /// - Returns: Why the run took no more rows; `nil` where it came to its end, or was cancelled.
    /// - Throws: `RequestError` for what every row would be refused for, `LedgerError`, `KeyError`
    ///   and `BudgetError` before anything is read; what `deliver` throws.
    public func run(
        _ rows: [RowRequest], as run: RunRecord, to destination: Destination,
        options: RunOptions = RunOptions(), reportingTo reporter: SessionReporter? = nil,
        deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        defer { reporter?.finish() }
        if let row = rows.first, rows.allSatisfy({ $0.request == row.request }) {
            try client.planner.check(row.request, edits: !row.inputs.isEmpty)
        }
        try client.checkKey()
        // A request by itself that is not sent leaves no trace.
        let joined = options.buysEqual ? run : try await client.ledger.join(run)
        if !options.buysEqual { try await client.ledger.expect(rows.map(\.label), in: joined.id) }
        try await checkBudget(of: rows, in: joined, options)
        let engine = RunEngine(
            [self], run: joined, destination: destination, options: options,
            earlier: try await client.ledger.jobs(withContent: nil), reporter: reporter)
        var left = rows.makeIterator()
        return try await engine.drive(next: { left.next() }, deliver: deliver)
    }

    /// The same for rows that come one after the other and need not end: each is in the ledger
    /// before it is sent, and a few more than ``RunOptions/parallel`` are asked for in advance.
    ///
    /// A refusal that every row of one provider would meet stops the rows of that provider.
    ///
    /// - Parameters:
    ///   - others: Sessions of other providers that rows may name, over the same ledger.
    ///   - next: The next row; `nil` at the end.
    public func run(
        as run: RunRecord, to destination: Destination, others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(), reportingTo reporter: SessionReporter? = nil,
        next: () async throws -> RowRequest?, deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        defer { reporter?.finish() }
        if others.isEmpty { try client.checkKey() }
        let joined = try await client.ledger.join(run)
        let engine = RunEngine(
            [self] + others, run: joined, destination: destination, options: options,
            earlier: try await client.ledger.jobs(withContent: nil), reporter: reporter)
        return try await engine.drive(next: next, deliver: deliver)
    }

    /// Says what each row would do: its images are made valid, nothing is sent or recorded, and no
    /// key is read.
    ///
    /// - Parameters:
    ///   - run: The run whose saved rows would be skipped; `nil`: each row would be sent.
    ///   - others: Sessions of other providers that rows may name.
    ///   - next: The next row; `nil` at the end.
    ///   - deliver: Receives each plan, in the order in which they are known.
    /// - Throws: `LedgerError`, `CancellationError`, what `next` and `deliver` throw.
    public func plan(
        as run: RunRecord? = nil, others: [SeedreamSession] = [], options: RunOptions = RunOptions(),
        reportingTo reporter: SessionReporter? = nil, next: () async throws -> RowRequest?,
        deliver: (RowPlan) async throws -> Void
    ) async throws {
        defer { reporter?.finish() }
        var options = options
        options.buysEqual = run == nil
        let engine = RunEngine(
            [self] + others,
            run: run ?? RunRecord(.init(command: "", sources: [], destination: "", origin: "")),
            destination: Destination(folder: ""), options: options, reporter: reporter)
        try await engine.each(next: next) {
            try await engine.plan($0, $1)
        } deliver: {
            try await deliver($0)
        }
        try Task.checkCancellation()
    }

    /// Says what one request would do.
    ///
    /// - Throws: `PreparationFailure` naming every input that failed; `RequestError`,
    ///   `PreparationError`.
    public func plan(_ row: RowRequest, reportingTo reporter: SessionReporter? = nil) async throws -> RowPlan
    {
        var rows = [row].makeIterator()
        var plans: [RowPlan] = []
        try await plan(reportingTo: reporter, next: { rows.next() }) { plans.append($0) }
        guard let plan = plans.first else { throw CancellationError() }
        if let error = plan.error { throw error }
        if !plan.failed.isEmpty { throw PreparationFailure(inputs: plan.failed) }
        return plan
    }

    /// Refuses a start whose rows would cost more than is left. The ledger checks each row again
    /// when it is sent.
    private func checkBudget(of rows: [RowRequest], in run: RunRecord, _ options: RunOptions) async throws {
        guard let budget = client.configuration.budget else { return }
        let known =
            options.buysEqual ? [] : try await client.ledger.rows(of: run.id, after: 0, limit: nil)
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
}
