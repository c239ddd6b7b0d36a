import SeedreamClient
import SeedreamModel
import Synchronization

extension SeedreamSession {
    /// Sends many requests as one run, which is safe to interrupt and to repeat.
    ///
    /// Rows that the ledger holds as saved are skipped, open rows are resumed, waiting rows are
    /// sent, and rows of unknown outcome are never sent again. A row is identified by everything
    /// that decides its result: a renamed file is not bought twice, and a changed file is bought
    /// again. All rows are in the ledger before the first is sent.
    ///
    /// `ClientConfiguration.budget` is the limit for all starts of the run together.
    ///
    /// - Parameters:
    ///   - rows: The requests, each with a different label.
    ///   - run: The run to start or continue; see `RunRecord.Identity`.
    ///   - destination: The folder and names of the results.
    ///   - options: The options of the run.
    ///   - reporter: Receives the events of each row.
    ///   - deliver: Receives each outcome as soon as it is known, in order of completion.
    /// - Returns: The reason why the run stopped early; `nil` if it reached its end or was
    ///   cancelled.
    /// - Throws: `RequestError` if every row would be refused; `LedgerError`, `KeyError` or
    ///   `BudgetError` before anything is read; the errors of `deliver`.
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
        // A single request that is not sent leaves no record.
        let joined = options.buysEqual ? run : try await client.ledger.join(run)
        if !options.buysEqual { try await client.ledger.expect(rows.map(\.label), in: joined.id) }
        try await checkBudget(of: rows, in: joined, options)
        let engine = RunEngine(
            [self], run: joined, destination: destination, options: options,
            earlier: try await client.ledger.jobs(withContent: nil), reporter: reporter)
        let left = RowIterator(rows)
        return try await engine.drive(next: { left.next() }, deliver: deliver)
    }

    /// Sends requests of a stream, which may be endless, as one run. Each row is in the ledger
    /// before it is sent, and only a few more than ``RunOptions/parallel`` are read ahead.
    ///
    /// An error that every row of one provider would meet stops the rows of that provider.
    ///
    /// - Parameters:
    ///   - run: The run to start or continue; see `RunRecord.Identity`.
    ///   - destination: The folder and names of the results.
    ///   - others: The sessions of other providers that rows may name, over the same ledger.
    ///   - options: The options of the run.
    ///   - reporter: Receives the events of each row.
    ///   - next: Returns the next row, or `nil` at the end. It may wait without delaying `deliver`.
    ///   - deliver: Receives each outcome as soon as it is known, in order of completion.
    /// - Returns: The reason why the run stopped early; `nil` if it reached its end or was
    ///   cancelled.
    /// - Throws: `LedgerError`; `KeyError` before anything is read, if there are no other sessions;
    ///   the errors of `next` and `deliver`.
    public func run(
        as run: RunRecord, to destination: Destination, others: [SeedreamSession] = [],
        options: RunOptions = RunOptions(), reportingTo reporter: SessionReporter? = nil,
        next: @escaping @Sendable () async throws -> RowRequest?,
        deliver: (RowOutcome) async throws -> Void
    ) async throws -> RunStop? {
        defer { reporter?.finish() }
        if others.isEmpty { try client.checkKey() }
        let joined = try await client.ledger.join(run)
        let engine = RunEngine(
            [self] + others, run: joined, destination: destination, options: options,
            earlier: try await client.ledger.jobs(withContent: nil), reporter: reporter)
        return try await engine.drive(next: next, deliver: deliver)
    }

    /// Plans each row: images are prepared, nothing is sent or recorded, and no key is read.
    ///
    /// - Parameters:
    ///   - run: The run whose saved rows would be skipped. `nil`: every row would be sent.
    ///   - others: The sessions of other providers that rows may name.
    ///   - options: The options of the run.
    ///   - reporter: Receives the events of each row.
    ///   - next: Returns the next row, or `nil` at the end.
    ///   - deliver: Receives each plan, in order of completion.
    /// - Throws: `LedgerError`, `CancellationError`, and the errors of `next` and `deliver`.
    public func plan(
        as run: RunRecord? = nil, others: [SeedreamSession] = [], options: RunOptions = RunOptions(),
        reportingTo reporter: SessionReporter? = nil,
        next: @escaping @Sendable () async throws -> RowRequest?,
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

    /// Plans one request.
    ///
    /// - Throws: `PreparationFailure` with every input that failed; `RequestError`,
    ///   `PreparationError`.
    public func plan(_ row: RowRequest, reportingTo reporter: SessionReporter? = nil) async throws -> RowPlan
    {
        let rows = RowIterator([row])
        var plans: [RowPlan] = []
        try await plan(reportingTo: reporter, next: { rows.next() }) { plans.append($0) }
        guard let plan = plans.first else { throw CancellationError() }
        if let error = plan.error { throw error }
        if !plan.failed.isEmpty { throw PreparationFailure(inputs: plan.failed) }
        return plan
    }

    /// Refuses a start whose rows would cost more than the rest of the budget. The ledger checks
    /// each row again when it is sent.
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
        guard !left.isEmpty else { return }
        var total: Price?
        for row in left {
            let cost = client.planner.worstCost(of: row.request, inputs: row.inputs.count)
            guard var cost else { throw BudgetError.priceUnknown }
            cost.amount += total?.amount ?? 0
            total = cost
        }
        let spent = try await client.ledger.summary(of: run.id)?.cost[budget.unit]
        try budget.check(images: 1, price: total, after: spent ?? 0)
    }
}

/// The rows of a list, one after another, for a task that reads them.
package final class RowIterator: Sendable {
    private let left: Mutex<IndexingIterator<[RowRequest]>>

    package init(_ rows: [RowRequest]) { left = Mutex(rows.makeIterator()) }

    package func next() -> RowRequest? { left.withLock { $0.next() } }
}
