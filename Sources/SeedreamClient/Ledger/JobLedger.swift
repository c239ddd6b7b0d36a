/// Where jobs are kept, so that a process that ends at any moment loses none and pays for none twice.
///
/// Several processes may share one ledger. Each job has an owner, the process that works on it; ``claim(_:)`` takes over only what no
/// living process works on.
public protocol JobLedger: Sendable {
    /// Keeps a new job, owned by the caller. It is durable when this returns.
    func insert(_ job: JobRecord) async throws(LedgerError)
    /// Changes a job that the caller owns, and returns it. It is durable when this returns.
    ///
    /// - Throws: ``LedgerError/notFound(_:)``; ``LedgerError/forbiddenTransition(from:to:)``, and then nothing is changed.
    @discardableResult
    func update(_ id: String, _ change: @Sendable (inout JobRecord) -> Void) async throws(LedgerError)
        -> JobRecord
    /// The job of that id, or of the host's id of the request; `nil` if there is none.
    func job(_ id: String) async throws(LedgerError) -> JobRecord?
    /// All jobs, the newest first; with `states`, those in one of them.
    func jobs(in states: Set<JobState>?, limit: Int?) async throws(LedgerError) -> [JobRecord]
    /// Makes the caller the owner of a job.
    ///
    /// - Returns: The job as it is now; `nil` if a living process works on it.
    func claim(_ id: String) async throws(LedgerError) -> JobRecord?
    /// Lets go of a job, so that another process may claim it.
    func release(_ id: String) async throws(LedgerError)
}
