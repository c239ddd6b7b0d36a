public import SeedreamModel

/// What Apiframe says about a job by webhook. Made by ``ApiframeWebhookVerifier`` alone, so that
/// one that is there has been verified.
///
/// Nothing in it says when it was sent, so that a repeated one cannot be told from the first: act
/// on a job's id once.
public struct ApiframeWebhook: Hashable, Sendable {
    /// What happened.
    public enum Event: Hashable, Sendable {
        /// The job goes on.
        case progress
        /// The pictures are there.
        case completed
        /// The host gave up; the job is not billed.
        case failed
        /// A word that this version does not know.
        case other(String)
    }

    /// What happened.
    public let event: Event
    /// The host's id of the job: ``JobTicket/requestID``.
    public let jobID: String
    /// The host's word, as `COMPLETED`.
    public let status: String?
    /// 0 to 1.
    public let progress: Double?
    /// The pictures, where there are any.
    public let result: GenerationResult?
    /// What the job cost, in credits.
    public let creditCost: Double?
    /// Why it failed, where it did.
    public let error: ClientError?
}
