/// What the word for a job's state means. Documents give few of these words; the others are those
/// of like providers, so that a job which has ended is not asked about for ever.
enum JobWord {
    case queued
    case running
    case completed
    case failed
    case cancelled

    /// `nil` for a word that says nothing.
    init?(_ word: String) {
        let plain = String(word.uppercased().filter { $0.isLetter })
        switch plain {
        case "INQUEUE", "QUEUED", "PENDING", "SUBMITTED", "STARTING", "WAITING", "SCHEDULED", "CREATED",
            "ACCEPTED":
            self = .queued
        case "INPROGRESS", "PROCESSING", "RUNNING", "GENERATING", "STARTED", "WORKING": self = .running
        case "COMPLETED", "COMPLETE", "SUCCEEDED", "SUCCESS", "SUCCESSFUL", "DONE", "FINISHED", "READY":
            self = .completed
        case "FAILED", "FAILURE", "FAIL", "ERROR", "ERRORED", "REJECTED", "TIMEOUT", "TIMEDOUT", "EXPIRED",
            "CRASHED",
            "DEAD", "MODERATED", "BLOCKED":
            self = .failed
        case "CANCELLED", "CANCELED", "ABORTED", "TERMINATED", "STOPPED": self = .cancelled
        default: return nil
        }
    }
}
