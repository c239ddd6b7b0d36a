/// Where jobs are kept, so that a process that ends at any moment loses none and pays for none
/// twice.
///
/// Several processes may share one ledger. Each job has an owner, the process that works on it;
/// ``claim(_:)`` takes over only what no living process works on.
///
/// Jobs that are sent for the rows of a run are kept with them: what a later start of the same run
/// has to know is there before each request is sent.
public protocol JobLedger: Sendable {
    /// Keeps a new job, owned by the caller. It is durable when this returns.
    ///
    /// In the same transaction, the names that its results may get in the folder of
    /// ``JobRecord/destination`` are reserved: a name that another job has, or a file, gets `-2`,
    /// `-3` and so on behind it. Of rows of one run whose labels differ in their extension only,
    /// the earlier one has the lower number. A template with a word of which nothing is known yet,
    /// `{seed}` or `{request}`, is filled in when the results are saved.
    ///
    /// - Parameters:
    ///   - job: With ``JobRecord/row``, its row becomes `submitting` in the same transaction.
    ///   - budget: The most that all jobs of its run may cost together, by their worst cases; those
    ///     that failed or
    ///     were cancelled cost nothing. `nil`: no limit.
    /// - Throws: ``LedgerError/rowTaken(job:)`` where another job of the row is open, saved or
    ///   unknown; ``LedgerError/overBudget(spent:worst:budget:)``. Nothing is kept then.
    func insert(_ job: JobRecord, within budget: Budget?) async throws(LedgerError)
    /// Changes a job, which the caller owns unless all it does is to note a wish, and returns it.
    /// It is durable when this returns.
    ///
    /// The ledger sets ``JobRecord/updated``; a change of ``JobRecord/id`` or ``JobRecord/created``
    /// is left out.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)``, and
    ///   then nothing is changed.
    @discardableResult
    func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    /// The job of that id, of the host's id of the request, or the only one whose id begins with
    /// those 4 characters or more; `nil` if there is none.
    ///
    /// - Throws: ``LedgerError/ambiguous(_:count:)``.
    func job(_ id: String) async throws(LedgerError) -> JobRecord?
    /// All jobs, the newest first; with `states`, those in one of them.
    func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord]
    /// Makes the caller the owner of a job.
    ///
    /// - Returns: The job as it is now; `nil` if a living process works on it.
    func claim(_ id: String) async throws(LedgerError) -> JobRecord?
    /// Lets go of a job, so that another process may claim it.
    func release(_ id: String) async throws(LedgerError)
    /// Reserves names in the folder of a job's destination that were not reserved with it, or that
    /// a file has taken since.
    ///
    /// - Parameters:
    ///   - names: As the template gives them, without extension.
    ///   - fileExtension: That of the file, without the dot.
    /// - Returns: The job with its names.
    func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    // MARK: Runs

    /// Begins a run, or joins the one with the same ``RunRecord/id``, whose command line becomes
    /// this one.
    func join(_ run: RunRecord) async throws(LedgerError) -> RunRecord
    /// All runs, the one that was joined last first.
    func runs(limit: Int?) async throws(LedgerError) -> [RunSummary]
    /// A run and how many of its rows stand where; `nil` if no run has that ``RunRecord/id``.
    func summary(of run: String) async throws(LedgerError) -> RunSummary?
    /// The run of that id, name, or beginning of an id of 4 characters or more; `nil` if no run
    /// matches.
    func run(_ id: String) async throws(LedgerError) -> RunRecord?
    /// Records a waiting row for each label that the run has none for.
    func expect(_ labels: [String], in run: String) async throws(LedgerError)
    /// The row of a run with this key, or a new one.
    ///
    /// A row of that label whose inputs had not been read takes the key; where another row has the
    /// key already, the one that waited under this label is removed.
    func row(_ key: String, label: String, in run: String) async throws(LedgerError) -> RowRecord
    /// The last row of that label.
    func row(labelled label: String, in run: String) async throws(LedgerError) -> RowRecord?
    /// The rows of a run, in the order in which they were recorded.
    ///
    /// - Parameters:
    ///   - after: Rows up to this number are left out. 0 for all.
    ///   - limit: The most rows; `nil` for all.
    func rows(of run: String, after: Int, limit: Int?) async throws(LedgerError) -> [RowRecord]
    /// Makes a row `preparing`, owned by the caller, if it is waiting or has failed, and no living
    /// process has it.
    ///
    /// - Returns: Whether it is the caller's now.
    func begin(_ row: RowRecord) async throws(LedgerError) -> Bool
    /// Puts a row back, or records why it failed. A row whose job may have been taken is left
    /// alone; one whose job failed or was cancelled lets it go.
    func end(_ row: RowRecord, as state: RowState, _ failure: RowRecord.Failure?) async throws(LedgerError)
    /// The jobs whose request has the same content, in every run, the newest first; with `nil`,
    /// those that belong to no run, as all of version 0.1.0.
    func jobs(withContent content: String?) async throws(LedgerError) -> [JobRecord]

    /// The jobs of a run, the newest first.
    func jobs(ofRun run: String) async throws(LedgerError) -> [JobRecord]
    /// Forgets prompts, paths and URLs of jobs that ended before a time, in seconds since 1970, and
    /// of their rows. Keys, digests, states and costs stay, so that a row which was saved is not
    /// bought again. Jobs that are open or of unknown outcome are left as they are.
    ///
    /// - Returns: The number of jobs.
    @discardableResult
    func prune(before time: Double) async throws(LedgerError) -> Int

    /// The folder for images that replies hold, until they are saved; it is made when it is needed.
    /// Default: `nil`, for the one in the user's state folder.
    var spoolFolder: String? { get }
}

extension JobLedger {
    /// None of its own.
    public var spoolFolder: String? { nil }

    /// Reserves nothing: files alone tell which names are taken.
    public func reserve(_ names: [String], of id: String, fileExtension: String) async throws(LedgerError)
        -> JobRecord?
    { nil }

    /// Records what the account at the provider says about a job of unknown outcome. After
    /// `not-bought` its row waits.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)`` for a
    ///   job whose outcome is known; ``LedgerError/rowTaken(job:)`` where a living process works on
    ///   it.
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

    /// Keeps a new job, owned by the caller, without a limit of what its run may cost.
    public func insert(_ job: JobRecord) async throws(LedgerError) { try await insert(job, within: nil) }
}
