import SeedreamModel

/// What a host asks of the job store.
struct JobRequest: Sendable {
    var id: String
    var provider: EmulatedProvider
    var attributes: JSONValue = [:]
    /// Whether jobs that came later may go first.
    var isLow = false
    /// Seconds after which a job that still waits is given up, and what it then ends in.
    var startTimeout: (seconds: Double, outcome: JobOutcome)?
    /// What a job ends in that is cancelled.
    var cancelled: JobOutcome
    var fate = JobFate.normal
    /// Called when the job leaves the queue.
    var started: @Sendable () async -> Void = {}
    /// The work; runs once, when a slot is free.
    var work: @Sendable () async -> JobOutcome
    /// Called once at the end, whatever it is; its result becomes the webhook's status.
    var ended: @Sendable (JobOutcome) async -> String?
}
