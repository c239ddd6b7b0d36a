import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A job that a provider submits to the job store.
struct JobRequest: Sendable {
    var id: String
    var provider: EmulatedProvider
    var attributes: JSONValue = [:]
    /// Whether later jobs of normal priority may run first.
    var isLow = false
    /// The number of seconds after which a job that still waits is abandoned, and its outcome.
    var startTimeout: (seconds: Double, outcome: JobOutcome)?
    /// The outcome of the job if it is cancelled.
    var cancelled: JobOutcome
    var fate = JobFate.normal
    /// Called when the job leaves the queue.
    var started: @Sendable () async -> Void = {}
    /// The work; runs once, when a permit is free.
    var work: @Sendable () async -> JobOutcome
    /// Called once at the end with any outcome; its result becomes the webhook's status.
    var ended: @Sendable (JobOutcome) async -> String?
}

/// The outcome of a job or a synchronous call: the provider's response.
struct JobOutcome: Sendable {
    /// The status of the response that carries the result.
    var status = 200
    var body: JSONValue
    var headers: [(name: String, value: String)] = []
    /// The provider's message for a failure; `nil` for a success.
    var error: String?
    /// The provider's code for a failure.
    var errorType: String?
    /// The number of images that were generated and billed.
    var images = 0
    /// The cost, in the ledger's unit.
    var cost = 0.0

    /// Whether images were generated.
    var isSuccess: Bool { error == nil }
}

/// The state of a job at one moment.
struct JobSnapshot: Sendable {
    enum Phase: Sendable {
        /// The job waits; `position` jobs are before it.
        case queued(position: Int)
        case running
        case ended(JobOutcome)
    }

    let id: String
    let provider: EmulatedProvider
    /// The provider's own data of the job: its model, its input without payloads.
    let attributes: JSONValue
    var phase: Phase
    let createdAt: Date
    var startedAt: Date?
    var endedAt: Date?
    var isCancelled = false
    /// The webhook's status, such as `pending`, `delivered` or `failed`; `nil` without a webhook.
    var webhookStatus: String?
}
