import Synchronization

/// Rows contain nothing learned after a request was sent: their states are those of their jobs,
/// including jobs that could not be recorded.
extension SpoolingLedger {
    /// Starts a run, or joins the run with the same ID.
    public func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord {
        await recover()
        return try await ledger.join(run)
    }

    /// Returns all runs, most recently joined first.
    public func runs(limit: Int?) async throws(LedgerError) -> [RunSummary] {
        await recover()
        return try await ledger.runs(limit: limit)
    }

    /// Returns a run and the number of its rows in each state.
    public func summary(of run: String) async throws(LedgerError) -> RunSummary? {
        try await ledger.summary(of: run)
    }

    /// Removes prompts and paths from jobs that ended before a time.
    @discardableResult
    public func prune(before time: Double) async throws(LedgerError) -> Int {
        await recover()
        return try await ledger.prune(before: time)
    }

    /// Returns the run with this ID or name, or the only one whose ID has this prefix.
    public func run(_ id: String) async throws(LedgerError) -> RunRecord? { try await ledger.run(id) }

    /// Records a waiting row for each label that has no row in the run.
    public func expect(_ labels: [String], in run: String) async throws(LedgerError) {
        try await ledger.expect(labels, in: run)
    }

    /// Returns the row with this key. If no row has it, a row with this label and without a key
    /// gets it, or a new row is created.
    public func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord {
        current(try await ledger.row(key, label: label, in: run))
    }

    /// Returns the last row with this label.
    public func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord? {
        try await ledger.row(labelled: label, in: run).map(current)
    }

    /// Returns the rows of a run with higher numbers than `after`, in order.
    public func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord] {
        try await ledger.rows(of: run, after: after, limit: limit).map(current)
    }

    /// Makes a row `preparing`, owned by the caller.
    public func begin(_ row: RowRecord) async throws(LedgerError) -> Bool { try await ledger.begin(row) }

    /// Sets the state of a row that has no job, or whose job failed or was cancelled.
    public func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?)
        async throws(LedgerError)
    {
        try await ledger.end(row, as: state, failure)
    }

    /// Returns the jobs of equal requests.
    public func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord] {
        await recover()
        let unrecorded = state.withLock { $0.unrecorded }
        return try await ledger.jobs(withContent: content).map { unrecorded[$0.id]?.job ?? $0 }
    }

    /// Returns the jobs of a run.
    public func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord] {
        await recover()
        let unrecorded = state.withLock { $0.unrecorded }
        return try await ledger.jobs(ofRun: run).map { unrecorded[$0.id]?.job ?? $0 }
    }

    /// Returns the row with the state that its job should have in the ledger.
    private func current(_ row: RowRecord) -> RowRecord {
        var row = row
        if let job = row.job, let kept = state.withLock({ $0.unrecorded[job] }) {
            row.state = RowState(kept.job.state)
        }
        return row
    }
}
