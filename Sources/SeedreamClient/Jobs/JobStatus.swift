public import SeedreamModel

/// How a job is.
public struct JobStatus: Sendable {
    /// Where it stands.
    public enum Phase: Sendable {
        /// It waits. The position counts from 0; `nil` where the host does not say.
        case queued(position: Int?)
        /// It is made. Progress runs from 0 to 1; `nil` where the host does not say.
        case running(progress: Double?)
        /// It is made. The result is there where the host sends it along.
        case completed(GenerationResult?)
        /// The host gave up.
        case failed(ClientError)
        /// It was cancelled, by whomever.
        case cancelled
        /// A word that this version does not know: taken for a job that goes on.
        case other(String)
    }

    /// Where it stands.
    public var phase: Phase
    /// The lines of its log, from the first one on; empty where they were not asked for.
    public var logs: [String]
    /// The host's id of this reply's request, if it has one.
    public var requestID: String?

    /// Makes a status.
    public init(phase: Phase, logs: [String] = [], requestID: String? = nil) {
        self.phase = phase
        self.logs = logs
        self.requestID = requestID
    }
}
