package import SeedreamModel

/// What a host answers to the paid request.
package enum SubmitReply: Sendable {
    /// It took the job, and is asked about it by this ticket.
    case accepted(JobTicket)
    /// It made the pictures at once.
    case finished(GenerationResult)
}
