import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The messages, hints and exit codes of errors of the client.
enum ClientFailure {
    /// Runs `body`; if it throws, prints the error and throws the exit code.
    ///
    /// - Parameters:
    ///   - client: The options to repeat in commands that a hint suggests.
    ///   - json: Whether to print a JSON document to standard output even if nothing could be done.
    static func reported(
        _ client: ClientArguments, json: Bool = false, _ body: () async throws -> Void
    ) async throws {
        try await Invocation.$options.withValue(client.repeated) {
            try await reported(json: json, body)
        }
    }

    /// Runs `body`; if it throws, prints the error and throws the exit code.
    ///
    /// - Parameter json: Whether to print a JSON document to standard output even if nothing could
    ///   be done.
    static func reported(json: Bool, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        } catch let error as CancellationError {
            let message = "interrupted; nothing was sent"
            Terminal.note("\(message)")
            var document = ErrorDocument(error)
            document.message = message
            MachineOutput.record(document)
            throw Interruption.status.code
        } catch {
            let (cause, job) = (error as? JobFailure).map { ($0.cause, $0.job) } ?? (error, nil)
            if json {
                let inputs = (cause as? PreparationFailure)?.inputs ?? []
                try? Terminal.print(
                    JSON.document(
                        JobReport(
                            [job].compactMap(\.self), failed: inputs.map { FailureRecord($0) },
                            error: ErrorDocument(ending: cause, about: job)))
                )
            }
            report(cause, job: job)
            throw Verdict(cause, about: job).status.code
        }
    }

    /// Runs `body`, and attaches the job to the errors it throws.
    static func about<Value>(_ job: JobRecord, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error where !(error is CancellationError || error is ExitCode || error is OutputError) {
            throw JobFailure(cause: error, job: job)
        }
    }

    /// An error about a job in the ledger.
    private struct JobFailure: Error {
        var cause: any Error
        var job: JobRecord
    }

    /// Prints the error that the command ends with on one line, and its hint.
    static func report(_ error: any Error, job: JobRecord? = nil) {
        MachineOutput.record(ErrorDocument(ending: error, about: job))
        reportRow(error, job: job)
    }

    #if Client
    /// Prints why a run stopped early.
    static func report(_ stop: RunStop) {
        switch stop {
        case .refused(let error): report(error)
        case .failures:
            let document = ErrorDocument(stop)
            MachineOutput.record(document)
            Diagnostics().rowFailure(document.message, hint: document.hint)
        }
    }

    /// Returns the exit code of a run that stopped early.
    static func status(after stop: RunStop) -> ExitStatus {
        switch stop {
        case .refused(let error): Verdict(error).status
        case .failures: .someFailed
        }
    }
    #endif

    /// Prints the error of one of several requests on one line, and its hint.
    static func reportRow(
        _ error: any Error, about name: String? = nil, job: JobRecord? = nil, isRecorded: Bool = true
    ) {
        let diagnostics = Diagnostics()
        if let failure = error as? PreparationFailure {
            for input in failure.inputs {
                diagnostics.rowFailure(
                    "\(input.name): \(input.message)", hint: input.remedy.text(in: .command))
            }
            diagnostics.note("nothing was sent: without one of its images it would be a different request")
            return
        }
        let text = text(of: error)
        let line = name.map { "\($0): \(text)" } ?? text
        diagnostics.rowFailure(
            job.map { "\(line) (job \($0.id.prefix(8)))" } ?? line,
            hint: Verdict(error, about: job, isRecorded: isRecorded).hint)
    }

    /// Returns the option for a field of a request.
    private static func option(for field: String) -> String {
        switch field {
        case "count", "size", "seed", "webhook", "model", "name": "--\(field)"
        case "imagesPerGeneration": "--images-per-generation"
        case "safetyChecker": "--safety"
        case "enhancement": "--enhance"
        case "delivery": "--receive"
        case "resultFormat": "--result-format"
        case "resultBackground": "--result-background"
        case "guidanceScale": "--guidance-scale"
        case "splitsLayers": "--layers"
        case "trustRoots": "--ca-file"
        default: field
        }
    }

    /// Returns the message of an error on one line.
    static func text(of error: any Error) -> String {
        if error is UntrustedAddressError { return "--base-url: \(error)" }
        return (error as? RequestError).map { "\(option(for: $0.field)): \($0.message)" } ?? "\(error)"
    }

    /// Returns the hint for an error that did not come from a provider.
    static func hint(for error: any Error) -> String? {
        switch error {
        case is BusyRowError: "wait until it ends, then repeat the command if you want another image"
        case let error as UntrustedAddressError: "if you trust it, add `--base-url \(error.address)`"
        case let error as any ErrorWithRemedy: error.remedy.text(in: .command)
        case let error as EqualRequestError:
            error.job.state == .unknown && error.job.ticket == nil
                ? "check the account at \(error.job.provider.displayName), or add `--again` to buy another"
                : "\(Invocation.command("resume", error.job)) fetches it; add `--again` to buy another"
        default: nil
        }
    }

    /// Returns the exit code for an error that did not come from a provider.
    static func status(after error: any Error) -> ExitStatus {
        switch error {
        case is RequestError, is UntrustedAddressError: .usage
        case is BudgetError: .overBudget
        case is KeyError: .credentials
        case is ConfigurationError: .configuration
        case is UnrecordedJob, is EqualRequestError: .outcomeUnknown
        case let error as LedgerError: status(after: error)
        case is PreparationFailure: .noUsableInput
        case is PreparationError: .usage
        case is SaveError, is ResultsError: .outputFailed
        case is ManifestError: .noUsableInput
        case is FetchError: .noUsableInput
        case is ResourceError, is BusyRowError: .tryAgainLater
        case is CancellationError: Interruption.status
        default: .outputFailed
        }
    }

    private static func status(after error: LedgerError) -> ExitStatus {
        switch error {
        case .notFound, .ambiguous, .absent: .usage
        case .cannotOpen, .cannotWrite: .outputFailed
        case .tooNew, .damaged, .foreign, .exposed, .cannotLock, .forbiddenTransition: .configuration
        case .rowTaken: .outcomeUnknown
        case .overBudget: .overBudget
        case .slotsTaken, .cannotConnect(_, .unreachable, _), .cannotConnect(_, .busy, _): .tryAgainLater
        case .cannotConnect(_, .credentials, _): .credentials
        case .cannotConnect, .withoutPostgreSQL: .configuration
        }
    }

    /// Returns the exit code of several requests. A possible purchase outweighs everything else.
    static func status(of outcomes: [(job: JobRecord?, error: any Error)], anySaved: Bool) -> ExitStatus {
        let codes = outcomes.map { Verdict($0.error, about: $0.job).status }
        if codes.contains(.outcomeUnknown) { return .outcomeUnknown }
        guard let first = codes.first else { return .done }
        return anySaved ? .someFailed : first
    }
}
