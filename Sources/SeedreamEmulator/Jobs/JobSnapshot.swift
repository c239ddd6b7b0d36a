import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How a job stands.
struct JobSnapshot: Sendable {
    enum Phase: Sendable {
        /// So many jobs are before it.
        case queued(position: Int)
        case running
        case ended(JobOutcome)
    }

    let id: String
    let provider: EmulatedProvider
    /// What the host keeps with the job: its model, its input without payloads.
    let attributes: JSONValue
    var phase: Phase
    let createdAt: Date
    var startedAt: Date?
    var endedAt: Date?
    var isCancelled = false
    /// Pending, delivered or failed; `nil` without a webhook.
    var webhookStatus: String?
}
