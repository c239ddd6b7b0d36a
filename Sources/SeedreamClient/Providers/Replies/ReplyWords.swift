/// The meaning of the word for a job's state. Few of these words are documented; the others are
/// used by similar providers, and prevent endless polling of a job that has ended.
enum JobWord {
    case queued
    case running
    case completed
    case failed
    case cancelled

    /// Returns `nil` for an unknown word.
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

/// The words with which providers reject a prompt or an image for its content. Only Ark always uses
/// an error code for this; the words are from known examples.
enum ModerationWords {
    private static let words = [
        "content policy", "content_policy", "content checker", "moderation", "flagged", "sensitive content",
        "sensitive information", "nsfw",
    ]

    /// Returns whether an error message or code reports such a rejection.
    static func appear(in text: String) -> Bool {
        let text = text.lowercased()
        return words.contains { text.contains($0) }
    }
}
