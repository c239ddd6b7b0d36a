import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON document of jobs, schema 1.
struct JobReport: Encodable {
    /// Sums over the document.
    struct Totals: Encodable {
        var jobs: Int
        var saved: Int
        var failed: Int
        var unknown: Int
        /// Rows of a run whose images were saved before, and are not bought again.
        var skipped: Int
        var pictures: Int
    }

    var schema = 1
    var jobs: [JobDocument]
    /// Inputs that could not be prepared, with `--each`.
    var failed: [FailureRecord]
    /// Inputs that the request had no room for.
    var dropped: [DroppedInput]
    var totals: Totals
    /// What all have cost or may cost at most, by unit, where a price is known.
    var cost: [String: Double]
    /// Why nothing at all could be done.
    var error: ErrorDocument?

    init(
        _ jobs: [JobRecord], failed: [FailureRecord] = [], dropped: [DroppedInput] = [],
        skipped: Int = 0, host: JobStatus? = nil,
        error: (any Error)? = nil
    ) {
        self.jobs = jobs.map { JobDocument($0, host: host) }
        self.error = error.map { ErrorDocument($0) }
        self.failed = failed
        self.dropped = dropped
        totals = Totals(
            jobs: jobs.count, saved: jobs.filter { $0.state == .saved }.count,
            failed: jobs.filter { $0.state == .failed || $0.state == .cancelled }.count,
            unknown: jobs.filter { $0.state == .unknown }.count, skipped: skipped,
            pictures: jobs.reduce(0) { $0 + $1.files.count })
        cost = Dictionary(JobTable.worstCosts(of: jobs).map { ($0.key.rawValue, $0.value) }) { $1 }
    }
}

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

/// An error in JSON: of a host, or of whatever came before one was asked.
struct ErrorDocument: Encodable {
    /// A word of ``ClientError/Category``, or `request`, `budget`, `ledger`, `key`, `input`.
    var category: String
    var provider: ProviderID?
    var operation: String?
    var status: Int?
    /// The host's own word for it.
    var code: String?
    var message: String
    var field: String?
    var requestID: String?
    var purchase: ClientError.Purchase?
    var hint: String?

    /// - Parameter job: The job that it is about.
    init(_ error: any Error, about job: JobRecord? = nil) {
        (message, hint) = (ClientFailure.text(of: error), Verdict(error, about: job).hint)
        switch error {
        case let error as ClientError:
            category = error.category.rawValue
            (provider, operation, status, code) = (error.provider, error.operation, error.status, error.code)
            (field, requestID, purchase) = (error.field, error.requestID, error.purchase)
            message = error.message
        case let error as RequestError:
            category = "request"
            field = error.field
        case is UntrustedAddressError:
            category = "request"
            field = "--base-url"
        case is BudgetError: category = "budget"
        case is LedgerError, is UnrecordedJob: category = "ledger"
        case is KeyError: category = "key"
        case is SaveError: category = "output"
        default: category = "input"
        }
    }
}
