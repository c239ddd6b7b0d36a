import ArgumentParser
import ImagePreparation
import SeedreamClient

/// What is said about errors of the client, and which code they end with.
enum ClientFailure {
    /// Runs `body`, says what went wrong, and ends with the code for it.
    static func reported(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let code as ExitCode {
            throw code
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        } catch is CancellationError {
            Terminal.note("interrupted; `seedream resume` goes on with what was sent")
            throw ExitStatus.interrupted.code
        } catch {
            say(error)
            throw status(after: error).code
        }
    }

    /// One line, and a hint.
    static func say(_ error: any Error, about name: String? = nil) {
        let diagnostics = Diagnostics()
        let (text, hint) = words(for: error)
        if let failure = error as? PreparationFailure {
            for input in failure.inputs {
                diagnostics.failure("\(input.name): \(input.message)", hint: input.hint)
            }
            diagnostics.note("nothing was sent: a request short of a picture is another request")
            return
        }
        diagnostics.failure(name.map { "\($0): \(text)" } ?? text, hint: hint)
    }

    private static func words(for error: any Error) -> (text: String, hint: String?) {
        switch error {
        case let error as ClientError: ("\(error)", error.hint)
        case let error as RequestError: ("\(error)", error.hint)
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
        case .notFound, .ambiguous: .usage
        case .cannotOpen, .cannotWrite: .outputFailed
        case .tooNew, .damaged, .forbiddenTransition: .configuration
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
