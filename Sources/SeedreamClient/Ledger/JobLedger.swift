/// Where jobs are kept, so that a process that ends at any moment loses none and pays for none twice.
///
/// Several processes may share one ledger. Each job has an owner, the process that works on it; ``claim(_:)`` takes over only what no
/// living process works on.
public protocol JobLedger: Sendable {
    /// Keeps a new job, owned by the caller. It is durable when this returns.
    func insert(_ job: JobRecord) async throws(LedgerError)
    /// Changes a job, which the caller owns unless all it does is to note a wish, and returns it. It is durable when this returns.
    ///
    /// The ledger sets ``JobRecord/updated``; a change of ``JobRecord/id`` or ``JobRecord/created`` is left out.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)``, and then nothing is changed.
    @discardableResult
    func update(_ id: String, _ change: @escaping @Sendable (inout JobRecord) -> Void)
        async throws(LedgerError)
        -> JobRecord
    /// The job of that id, of the host's id of the request, or the only one whose id begins with those 4 characters or more; `nil` if
    /// there is none.
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
    /// The folder for images that replies hold, until they are saved; it is made when it is needed.
    /// Default: `nil`, for the one in the user's state folder.
    var spoolFolder: String? { get }
}

extension JobLedger {
    /// None of its own.
    public var spoolFolder: String? { nil }
}
