import SeedreamClient
import SeedreamKit
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A job in JSON.
struct JobDocument: Encodable {
    /// What the host says at this moment.
    struct Answer: Encodable {
        var phase: String
        var position: Int?
        var progress: Double?
        var logs: [String]
    }

    var id: String
    var provider: ProviderID
    var model: String
    var operation: GenerationOperation
    var prompt: String
    var state: JobState
    /// ISO 8601, UTC.
    var created: String
    var requestID: String?
    var seed: Int?
    var usage: Usage?
    /// What it cost, by the host's word or by its price; absent where neither is known.
    var cost: RowDocument.Cost?
    var inputs: [InputProvenance]
    var files: [SavedFile]
    /// Where the pictures lie that the host has made: URLs, or files of this machine. They are not
    /// all saved while the job is open.
    var locations: [String]?
    /// The host's log, where it was asked for.
    var logs: [String]?
    /// Pictures that the host failed to make, in its words.
    var failures: [String]
    var error: ErrorDocument?
    var host: Answer?

    init(_ job: JobRecord, host status: JobStatus? = nil) {
        id = job.id
        provider = job.provider
        model = job.model
        operation = job.operation
        prompt = job.prompt
        state = job.state
        created = Date(timeIntervalSince1970: job.created).formatted(.iso8601)
        requestID = job.ticket?.requestID ?? job.result?.requestID
        seed = job.result?.seed
        usage = job.result?.usage
        cost = RowDocument.Cost(job)
        inputs = job.inputs
        files = job.files.sorted { $0.index < $1.index }
        locations = job.result.map { $0.images.map(\.location.text) }
        failures = job.result?.failures ?? []
        error = job.error.map { ErrorDocument($0, about: job) }
        host = status.map { status in
            var answer = Answer(phase: status.word, logs: status.logs)
            switch status.phase {
            case .queued(let position): answer.position = position
            case .running(let progress): answer.progress = progress
            default: break
            }
            return answer
        }
    }
}

extension JobStatus {
    /// The phase in one word.
    var word: String {
        switch phase {
        case .queued: "queued"
        case .running: "running"
        case .completed: "completed"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .other(let word): word
        }
    }
}
