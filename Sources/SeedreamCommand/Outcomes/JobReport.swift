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
    /// Totals of the document.
    struct Totals: Encodable {
        var jobs: Int
        var saved: Int
        var failed: Int
        var unknown: Int
        /// Rows of a run that were skipped, as their images were saved before.
        var skipped: Int
        var pictures: Int
    }

    var schema = 1
    var jobs: [JobDocument]
    /// Inputs that could not be prepared, with `--each`.
    var failed: [FailureRecord]
    /// Inputs left out because the request had no room for them.
    var dropped: [DroppedInput]
    var totals: Totals
    /// The largest possible cost of all jobs, by unit, as far as prices are known.
    var cost: [String: Double]
    /// The error if nothing could be done.
    var error: ErrorDocument?

    init(
        _ jobs: [JobRecord], failed: [FailureRecord] = [], dropped: [DroppedInput] = [],
        skipped: Int = 0, status: JobStatus? = nil,
        error: ErrorDocument? = nil
    ) {
        self.jobs = jobs.map { JobDocument($0, status: status) }
        self.error = error
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
    /// The current status at the provider.
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
    /// The cost reported by the provider, or else computed from its price; absent if neither is
    /// known.
    var cost: RowDocument.Cost?
    var inputs: [InputProvenance]
    var files: [SavedFile]
    /// The locations of all images that the provider made: URLs, or files on this machine. While
    /// the job is open, not all of them are saved.
    var locations: [String]?
    /// The provider's log, if it was requested.
    var logs: [String]?
    /// The errors of images that the provider failed to make, in its words.
    var failures: [String]
    var error: ErrorDocument?
    /// What a person recorded about a job of unknown outcome.
    var settlement: JobRecord.Settlement?
    /// The provider's answer to a cancellation.
    var cancellation: CancellationOutcome?
    var host: Answer?

    init(_ job: JobRecord, status: JobStatus? = nil) {
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
        settlement = job.settlement
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

extension ErrorDocument {
    /// - Parameter job: The job that the error is about.
    init(_ error: any Error, about job: JobRecord? = nil) {
        let local = Self.category(of: error)
        self.init(
            category: local.rawValue, message: ClientFailure.text(of: error),
            hint: Verdict(error, about: job).hint)
        switch error {
        case let error as ClientError:
            category = error.category.rawValue
            (provider, operation, status, code) = (error.provider, error.operation, error.status, error.code)
            (field, requestID, purchase) = (error.field, error.requestID, error.purchase)
            message = error.message
        case let error as RequestError: field = error.field
        case is UntrustedAddressError: field = "--base-url"
        case let error as PreparationError: code = error.code.rawValue
        case let error as PreparationFailure:
            guard let input = error.inputs.first else { break }
            (code, message) = (input.code.rawValue, "\(input.name): \(input.message)")
            hint = input.remedy.text(in: .command)
        default: break
        }
    }

    /// Creates the error that the command ends with, with the exit code.
    init(ending error: any Error, about job: JobRecord? = nil) {
        self.init(error, about: job)
        exitCode = Verdict(error, about: job).status.rawValue
    }

    #if Client
    /// Creates the error of a run that stopped early.
    init(_ stop: RunStop) {
        switch stop {
        case .refused(let error): self.init(ending: error)
        case .failures(let count, let rows):
            self.init(
                category: LocalErrorCategory.request.rawValue,
                message: "stopped: \(count) of \(rows) rows failed",
                hint: "fix the reported errors, then repeat the command")
            exitCode = ExitStatus.someFailed.rawValue
        }
    }
    #endif

    private static func category(of error: any Error) -> LocalErrorCategory {
        switch error {
        case is RequestError, is UntrustedAddressError, is EqualRequestError: .request
        case is BudgetError: .budget
        case is LedgerError, is UnrecordedJob: .ledger
        case is KeyError: .key
        case is ConfigurationError: .configuration
        case is SaveError, is ResultsError: .output
        case is ManifestError: .manifest
        case is ResourceError, is BusyRowError: .resources
        case is CancellationError: .interrupted
        default: .input
        }
    }
}
