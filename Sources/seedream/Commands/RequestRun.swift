#if Client
import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// What `edit`, `generate`, `resume` and `result` share: to work on jobs, to show what came of them, and to end with the right code.
struct RequestRun: Sendable {
    /// What became of one request.
    struct Outcome: Sendable {
        var index: Int
        var job: JobRecord?
        var error: (any Error)?
    }

    let json: Bool

    /// Works on one job, following its events.
    ///
    /// - Parameter id: The job's, by which the ledger is asked what became of it if it ends in an error.
    /// - Returns: The job as the ledger has it in the end, and the error that ended it.
    func work(
        _ id: String, index: Int, name: String? = nil, progress: RequestProgress, ledger: any JobLedger,
        _ body: @escaping @Sendable (ClientReporter) async throws -> JobRecord?
    ) async throws -> Outcome {
        let (events, reporter) = ClientReporter.makeStream()
        async let followed: Void = progress.follow(events, index: index, name: name)
        var outcome = Outcome(index: index)
        do {
            outcome.job = try await body(reporter)
        } catch let error as CancellationError {
            reporter.finish()
            await followed
            progress.clear()
            throw error
        } catch {
            outcome.error = error
            outcome.job = (error as? UnrecordedJob)?.job
            if outcome.job == nil { outcome.job = try? await ledger.job(id) }
        }
        reporter.finish()
        await followed
        return outcome
    }

    /// Shows what came of all, says what went wrong, and throws the code for it.
    func finish(_ outcomes: [Outcome], failed: [FailedInput] = [], dropped: [DroppedInput] = []) throws {
        let outcomes = outcomes.sorted { $0.index < $1.index }
        let jobs = outcomes.compactMap(\.job)
        let failures = failed.map { FailureRecord($0) }
        if json {
            try Terminal.print(JSON.document(JobReport(jobs, failed: failures, dropped: dropped)))
        } else if !jobs.isEmpty {
            for line in JobTable.results(jobs) { try Terminal.print(line) }
        }
        for failure in failures { Diagnostics().failure(failure) }
        for outcome in outcomes {
            if let error = outcome.error {
                ClientFailure.say(error, about: outcomes.count > 1 ? outcome.name : nil)
            }
            for failure in outcome.job?.result?.failures ?? [] {
                Diagnostics().note("the host failed to make one of the pictures: \(failure)")
            }
        }
        let status = ClientFailure.status(of: jobs, errors: outcomes.compactMap(\.error))
        if status != .done { throw status.code }
        if !failed.isEmpty { throw (jobs.isEmpty ? ExitStatus.noUsableInput : .someFailed).code }
        if jobs.contains(where: { $0.result?.failures.isEmpty == false }) { throw ExitStatus.someFailed.code }
    }
}

extension RequestRun.Outcome {
    /// What the request was made of, for messages.
    fileprivate var name: String? { job?.inputs.first?.name }
}
#endif
