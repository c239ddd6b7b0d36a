/// The provider's answer to a cancellation request.
public enum CancellationOutcome: String, Hashable, Codable, Sendable {
    /// The provider accepted the cancellation request; the job may still be completed.
    case requested
    /// The job was already complete.
    case alreadyCompleted = "already-completed"
    /// The provider does not know the job.
    case notFound = "not-found"
    /// The provider does not support cancellation.
    case notPossible = "not-possible"
}
