import ArgumentParser
import ImagePreparation
import SeedreamClient

/// What is said about errors of the client, and which code they end with.
enum ClientFailure {
    /// Runs `body`, says what went wrong, and ends with the code for it.
    ///
    /// - Parameter json: Whether standard output gets a document also where nothing could be done.
    static func reported(json: Bool = false, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        } catch is CancellationError {
            Terminal.note("interrupted; nothing was sent")
            throw ExitStatus.interrupted.code
        } catch {
            if json {
                let inputs = (error as? PreparationFailure)?.inputs ?? []
                try? Terminal.print(
                    JSON.document(JobReport([], failed: inputs.map { FailureRecord($0) }, error: error)))
            }
            say(error)
            throw status(after: error).code
        }
    }

    /// One line, and a hint.
    static func say(_ error: any Error, about name: String? = nil, job: JobRecord? = nil) {
        let diagnostics = Diagnostics()
        if let failure = error as? PreparationFailure {
            for input in failure.inputs {
                diagnostics.failure("\(input.name): \(input.message)", hint: input.hint)
            }
            diagnostics.note("nothing was sent: a request short of a picture is another request")
            return
        }
        let (text, hint) = words(for: error)
        let line = name.map { "\($0): \(text)" } ?? text
        diagnostics.failure(job.map { "\(line) (job \($0.id.prefix(8)))" } ?? line, hint: hint)
    }

    /// What a request's field is called on the command line.
    private static func option(for field: String) -> String {
        switch field {
        case "count", "size", "seed", "webhook", "model", "name": "--\(field)"
        case "imagesPerGeneration": "--images-per-call"
        case "safetyChecker": "--safety"
        case "enhancement": "--enhance"
        case "delivery": "--inline"
        case "trustRoots": "--ca-file"
        default: field
        }
    }

    /// Message and hint.
    static func words(for error: any Error) -> (text: String, hint: String?) {
        switch error {
        case let error as ClientError: ("\(error)", error.hint)
        case let error as RequestError: ("\(option(for: error.field)): \(error.message)", error.hint)
        case let error as BudgetError: ("\(error)", error.hint)
        case let error as LedgerError: ("\(error)", error.hint)
        case let error as KeyError: ("\(error)", error.hint)
        case let error as SaveError: ("\(error)", error.hint)
        case let error as FetchError: ("\(error)", error.hint)
        case let error as UnrecordedJob: ("\(error)", error.hint)
        case let error as PreparationError: ("\(error)", error.hint)
        default: ("\(error)", nil)
        }
    }

    /// The code for an error.
    static func status(after error: any Error) -> ExitStatus {
        switch error {
        case let error as ClientError: status(after: error)
        case is RequestError: .usage
        case is BudgetError: .overBudget
        case is KeyError: .credentials
        case is UnrecordedJob: .outcomeUnknown
        case let error as LedgerError: status(after: error)
        case is PreparationFailure: .noUsableInput
        case is PreparationError: .usage
        case is SaveError: .outputFailed
        case is FetchError: .noUsableInput
        case is CancellationError: .interrupted
        default: .outputFailed
        }
    }

    private static func status(after error: ClientError) -> ExitStatus {
        if error.purchase == .unknown { return .outcomeUnknown }
        switch error.category {
        case .credentials: return .credentials
        case .credits, .validation, .moderation, .notFound, .cancelled: return .refusedByProvider
        case .rateLimit: return error.purchase == .taken ? .outcomeUnknown : .tryAgainLater
        case .result: return .outputFailed
        case .timeout, .transport, .badReply, .provider:
            // The host has the job, and nobody knows yet what becomes of it.
            return error.purchase == .taken && !error.isFinal ? .outcomeUnknown : .providerUnavailable
        }
    }

    private static func status(after error: LedgerError) -> ExitStatus {
        switch error {
        case .notFound, .ambiguous, .absent: .usage
        case .cannotOpen, .cannotWrite: .outputFailed
        case .tooNew, .damaged, .foreign, .exposed, .cannotLock, .forbiddenTransition: .configuration
        }
    }

    /// The code of a run of several requests: that something may have been bought outweighs all else.
    static func status(of jobs: [JobRecord], errors: [any Error]) -> ExitStatus {
        let codes = errors.map { status(after: $0) }
        if codes.contains(.outcomeUnknown) { return .outcomeUnknown }
        guard let first = codes.first else { return .done }
        return jobs.contains { $0.state == .saved } ? .someFailed : first
    }
}
