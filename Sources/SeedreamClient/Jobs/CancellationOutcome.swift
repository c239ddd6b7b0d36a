/// What came of asking a host to cancel.
public enum CancellationOutcome: String, Hashable, Codable, Sendable {
    /// The host will see to it; the job may still be completed.
    case requested
    /// Too late.
    case alreadyCompleted = "already-completed"
    /// The host does not know the job.
    case notFound = "not-found"
    /// The host cannot cancel.
    case notPossible = "not-possible"
}
