import ImagePreparation
import SeedreamClient

/// The JSON document of jobs, schema 1.
struct JobReport: Encodable {
    /// Sums over the document.
    struct Totals: Encodable {
        var jobs: Int
        var saved: Int
        var failed: Int
        var unknown: Int
        /// Rows of a run whose images were saved before, and are not bought again.
        var skipped: Int
        var pictures: Int
    }

    var schema = 1
    var jobs: [JobDocument]
    /// Inputs that could not be prepared, with `--each`.
    var failed: [FailureRecord]
    /// Inputs that the request had no room for.
    var dropped: [DroppedInput]
    var totals: Totals
    /// What all have cost or may cost at most, by unit, where a price is known.
    var cost: [String: Double]
    /// Why nothing at all could be done.
    var error: ErrorDocument?

    init(
        _ jobs: [JobRecord], failed: [FailureRecord] = [], dropped: [DroppedInput] = [],
        skipped: Int = 0, host: JobStatus? = nil,
        error: (any Error)? = nil
    ) {
        self.jobs = jobs.map { JobDocument($0, host: host) }
        self.error = error.map { ErrorDocument($0) }
        self.failed = failed
        self.dropped = dropped
        totals = Totals(
            jobs: jobs.count, saved: jobs.filter { $0.state == .saved }.count,
            failed: jobs.filter { $0.state == .failed || $0.state == .cancelled }.count,
            unknown: jobs.filter { $0.state == .unknown }.count, skipped: skipped,
            pictures: jobs.reduce(0) { $0 + $1.files.count })
        cost = Dictionary(JobTable.worstCosts(of: jobs).map { ($0.key.rawValue, $0.value) }) { $1 }
    }
}
