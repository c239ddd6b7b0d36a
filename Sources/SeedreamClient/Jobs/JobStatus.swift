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

/// Identifies an accepted job to its provider. Contains neither key nor payload, so that it can be
/// stored.
public struct JobTicket: Hashable, Codable, Sendable {
    /// The provider's request ID.
    public var requestID: String
    /// The provider's model ID.
    public var model: String
    /// The status URL from the provider; `nil` if it is derived from ``requestID``.
    public var statusURL: String?
    /// The result URL from the provider; `nil` if it is derived from ``requestID``.
    public var responseURL: String?
    /// The cancellation URL from the provider; `nil` if it is derived from ``requestID``.
    public var cancelURL: String?

    /// Creates a ticket.
    public init(
        requestID: String, model: String, statusURL: String? = nil, responseURL: String? = nil,
        cancelURL: String? = nil
    ) {
        self.requestID = requestID
        self.model = model
        self.statusURL = statusURL
        self.responseURL = responseURL
        self.cancelURL = cancelURL
    }
}

/// The provider's answer to a cancellation request.
public enum CancellationOutcome: String, Hashable, Codable, Sendable, CaseIterable {
    /// The provider accepted the cancellation request; the job may still be completed.
    case requested
    /// The job was already complete.
    case alreadyCompleted = "already-completed"
    /// The provider does not know the job.
    case notFound = "not-found"
    /// The provider does not support cancellation.
    case notPossible = "not-possible"
}
