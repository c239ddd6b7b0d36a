import Synchronization

/// Rows hold nothing that is learned after a request was sent: their states are those of their
/// jobs, also of jobs that could not be recorded.
extension SpoolingLedger {
    /// Begins a run, or joins the one that has its id.
    public func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord {
        await recover()
        return try await ledger.join(run)
    }

    /// All runs, the one that was joined last first.
    public func runs(limit: Int?) async throws(LedgerError) -> [RunSummary] {
        await recover()
        return try await ledger.runs(limit: limit)
    }

    /// A run and how many of its rows stand where.
    public func summary(of run: String) async throws(LedgerError) -> RunSummary? {
        try await ledger.summary(of: run)
    }

    /// Forgets prompts and paths of jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) async throws(LedgerError) -> Int {
        await recover()
        return try await ledger.prune(before: time)
    }

    /// The run of that id or name, or the only one whose id begins so.
    public func run(_ id: String) async throws(LedgerError) -> RunRecord? { try await ledger.run(id) }

    /// Records a waiting row for each label that the run has none for.
    public func expect(_ labels: [String], in run: String) async throws(LedgerError) {
        try await ledger.expect(labels, in: run)
    }

    /// The row with this key, or the one of that label, or a new one, which has the key now.
    public func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord {
        current(try await ledger.row(key, label: label, in: run))
    }

    /// The last row of that label.
    public func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord? {
        try await ledger.row(labelled: label, in: run).map(current)
    }

    /// The rows of a run behind a number, in order.
    public func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord] {
        try await ledger.rows(of: run, after: after, limit: limit).map(current)
    }

    /// Takes a row to work on it.
    public func begin(_ row: RowRecord) async throws(LedgerError) -> Bool { try await ledger.begin(row) }

    /// Records how a row ended without a job.
    public func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?)
        async throws(LedgerError)
    {
        try await ledger.end(row, as: state, failure)
    }

    /// The jobs of equal requests.
    public func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord] {
        await recover()
        let unrecorded = state.withLock { $0.unrecorded }
        return try await ledger.jobs(withContent: content).map { unrecorded[$0.id]?.job ?? $0 }
    }

    /// The jobs of a run.
    public func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord] {
        await recover()
        let unrecorded = state.withLock { $0.unrecorded }
        return try await ledger.jobs(ofRun: run).map { unrecorded[$0.id]?.job ?? $0 }
    }

    /// The row with its job's state as it should stand.
    private func current(_ row: RowRecord) -> RowRecord {
        var row = row
        if let job = row.job, let kept = state.withLock({ $0.unrecorded[job] }) {
            row.state = RowState(kept.job.state)
        }
        return row
    }
}
