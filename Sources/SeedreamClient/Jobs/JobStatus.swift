public import SeedreamModel

/// The provider's current status of a job.
public struct JobStatus: Sendable {
    /// The phase of a job.
    public enum Phase: Sendable {
        /// The job is queued. The position counts from 0; `nil` if unknown.
        case queued(position: Int?)
        /// The image is being generated. Progress runs from 0 to 1; `nil` if unknown.
        case running(progress: Double?)
        /// The job is complete. The result is included if the provider returns it with the status.
        case completed(GenerationResult?)
        /// The job failed.
        case failed(ClientError)
        /// The job was cancelled, by any party.
        case cancelled
        /// A status that this version does not know; the job counts as running.
        case other(String)
    }

    /// The phase of the job.
    public var phase: Phase
    /// The log lines from the first one on; empty if not requested.
    public var logs: [String]
    /// The request ID of this reply, if it has one.
    public var requestID: String?

    /// Creates a status.
    public init(phase: Phase, logs: [String] = [], requestID: String? = nil) {
        self.phase = phase
        self.logs = logs
        self.requestID = requestID
    }
}
