/// A store of jobs that survives the process: after an exit at any moment, no job is lost and none
/// is paid for twice.
///
/// Several processes may share one ledger. Each job has an owner, the process that works on it;
/// ``claim(_:)`` takes over only jobs without a live owner. A row that this process began is lost
/// to it if another process took it over, for example because this one was suspended for long:
/// its job is then not inserted.
///
/// Jobs sent for the rows of a run are stored with them. Everything that a later start of the same
/// run needs is stored before each request is sent.
public protocol JobLedger: Sendable {
    /// Inserts a new job, owned by the caller. It is durable when this returns.
    ///
    /// In the same transaction, the names that its results may get in the folder of
    /// ``JobRecord/destination`` are reserved. A name that another job or a file already has gets
    /// the suffix `-2`, `-3` and so on. If the labels of rows of one run differ only in their
    /// extension, the earlier row gets the lower number. A template with a placeholder whose value
    /// is not known yet, `{seed}` or `{request}`, is resolved when the results are saved.
    ///
    /// - Parameters:
    ///   - job: The job. If it has a ``JobRecord/row``, the row becomes `submitting` in the same
    ///     transaction.
    ///   - budget: The most that all jobs of its run may cost together in the worst case; failed
    ///     and cancelled jobs cost nothing. `nil`: no limit.
    /// - Throws: ``LedgerError/rowTaken(job:)`` if another job of the row is open, saved or
    ///   unknown; ``LedgerError/overBudget(spent:worst:budget:)``. In both cases nothing is
    ///   inserted.
    func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError)
    /// Inserts a new job as ``insert(_:within:)`` does, if its account has a free slot.
    ///
    /// A slot is one request in flight. It belongs to the job from its insertion until the provider
    /// has reported the end, also if the process ends meanwhile: the provider goes on. The jobs of
    /// all processes that share the ledger and have the same ``JobRecord/account`` are counted in
    /// the same transaction. A job of unknown outcome has its slot for another
    /// ``JobSlot/unknownTime``, an accepted one at most for ``JobSlot/openTime``.
    ///
    /// `slots` is the most slots of the account, `nil` for no limit; the default implementation
    /// ignores it.
    ///
    /// - Throws: ``LedgerError/slotsTaken(limit:)``, and the errors of ``insert(_:within:)``.
    func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) async throws(LedgerError)
    /// Changes a job and returns it. The caller must own the job, unless it only records a request
    /// such as a cancellation. The change is durable when this returns.
    ///
    /// The ledger sets ``JobRecord/updated``; changes of ``JobRecord/id`` and ``JobRecord/created``
    /// are ignored.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)``, in
    ///   which case nothing is changed.
    @discardableResult
    func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    /// Returns the job with this ID or provider's request ID, or the only job whose ID begins with
    /// this text of at least 4 characters; `nil` if no job has it.
    ///
    /// - Throws: ``LedgerError/ambiguous(_:count:)``.
    func job(_ id: String) async throws(LedgerError) -> JobRecord?
    /// Returns all jobs, newest first; if `states` is given, only jobs in one of these states.
    func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord]
    /// Makes the caller the owner of a job.
    ///
    /// - Returns: The current job; `nil` if a live process owns it.
    func claim(_ id: String) async throws(LedgerError) -> JobRecord?
    /// Releases a job, so that another process may claim it.
    func release(_ id: String) async throws(LedgerError)
    /// Reserves names in the folder of a job's destination that were not reserved when it was
    /// inserted, or that a file has taken since.
    ///
    /// - Parameters:
    ///   - names: The names from the template, without extension.
    ///   - id: The job's ID.
    ///   - fileExtension: The extension of the files, without the dot.
    /// - Returns: The job with its reserved names.
    func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?

    // MARK: Runs

    /// Starts a run, or joins the run with the same ``RunRecord/id`` and replaces its command line.
    func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord
    /// Returns all runs, most recently joined first.
    func runs(limit: Int?) async throws(LedgerError) -> [RunSummary]
    /// Returns a run and the number of its rows in each state; `nil` if no run has this
    /// ``RunRecord/id``.
    func summary(of run: String) async throws(LedgerError) -> RunSummary?
    /// Returns the run with this ID or name, or the only one whose ID begins with this text of at
    /// least 4 characters; `nil` if no run matches.
    func run(_ id: String) async throws(LedgerError) -> RunRecord?
    /// Records a waiting row for each label that has no row in the run.
    func expect(_ labels: [String], in run: String) async throws(LedgerError)
    /// Returns the row of a run with this key, or creates one.
    ///
    /// If a row with this label has no key yet, it gets the key. If another row already has the
    /// key, the row without a key is removed.
    func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord
    /// Returns the last row with this label.
    func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord?
    /// Returns the rows of a run, in the order in which they were recorded.
    ///
    /// - Parameters:
    ///   - run: The run's ID.
    ///   - after: Only rows with higher numbers are returned. 0 for all rows.
    ///   - limit: The largest number of rows; `nil` for all.
    func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord]
    /// Makes a row `preparing`, owned by the caller, unless a live process is preparing it or its
    /// job is open or of unknown outcome.
    ///
    /// - Returns: Whether the caller now owns the row.
    func begin(_ row: RowRecord) async throws(LedgerError) -> Bool
    /// Sets the state of a row, with the reason if it failed. A row whose job may have been taken
    /// is left unchanged; a failed or cancelled job is detached from its row.
    func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?) async throws(LedgerError)
    /// Returns the jobs of all runs whose request has this content, newest first. `nil` selects the
    /// jobs that belong to no run, which includes all jobs of version 0.1.0.
    func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord]

    /// Returns the jobs of a run, newest first.
    func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord]
    /// Removes prompts, paths and URLs from jobs that ended before a time, and from their rows.
    /// Keys, digests, states and costs stay, so that a saved row is not bought again. Jobs that are
    /// open or of unknown outcome are unchanged.
    ///
    /// - Parameter time: In seconds since 1970.
    /// - Returns: The number of jobs.
    @discardableResult
    func prune(before time: Double) async throws(LedgerError) -> Int

    /// The folder for images in replies until they are saved; created when needed. Default: `nil`,
    /// for the folder in the user's state folder.
    var spoolFolder: String? { get }
}

extension JobLedger {
    /// `nil`: the folder in the user's state folder is used.
    public var spoolFolder: String? { nil }

    /// Returns `nil`: no names are reserved, and only existing files determine which names are
    /// taken.
    public func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    { nil }

    /// Records the outcome of a job of unknown outcome, as the account at the provider shows it.
    /// After `not-bought` its row waits again.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)`` for a
    ///   job whose outcome is known; ``LedgerError/rowTaken(job:)`` if a live process owns it.
    public func settle(_ id: String, as settlement: JobRecord.Settlement) async throws(LedgerError)
        -> JobRecord
    {
        guard var job = try await claim(id) else { throw .rowTaken(job: id) }
        if job.state == .submitting { job = try await update(id) { $0.state = .unknown } }
        guard job.state == .unknown else { throw .forbiddenTransition(from: job.state, to: .failed) }
        job = try await update(id) {
            $0.settlement = settlement
            if settlement == .notBought { $0.state = .failed }
        }
        try await release(id)
        if settlement == .notBought, let row = job.row {
            try await end(RowRecord(run: row.run, number: row.number, label: ""), as: .waiting, nil)
        }
        return job
    }

    /// Inserts a new job without a limit on the account's requests in flight.
    public func insert(_ job: JobRecord, within budget: Budget?, slots: Int?) async throws(LedgerError) {
        try await insert(job, within: budget)
    }

    /// Inserts a new job, owned by the caller, without a limit on the cost of its run.
    public func insert(_ job: JobRecord) async throws(LedgerError) { try await insert(job, within: nil) }
}
