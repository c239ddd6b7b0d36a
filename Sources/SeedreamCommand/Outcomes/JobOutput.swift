#if Client
import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The final output about jobs: results, errors, hints, and the exit code.
struct JobOutput: Sendable {
    /// The outcome of one request.
    struct Outcome: Sendable {
        var index: Int
        var job: JobRecord?
        var error: (any Error)?
        /// The provider's log.
        var logs: [String] = []

        init(_ outcome: RowOutcome, logs: [String]) {
            (index, job, error, self.logs) = (outcome.index, outcome.job, outcome.error, logs)
        }
    }

    let form: RunOutput.Form
    let ledger: any JobLedger
    let progress: RequestProgress

    /// Prints the outcome of a single request, and throws its exit code. If there is no job, throws
    /// the error of the request.
    func finish(_ outcome: RowOutcome, waited: Bool) throws {
        if outcome.job == nil {
            if let error = outcome.error { throw error }
            if !outcome.failed.isEmpty { throw PreparationFailure(inputs: outcome.failed) }
        }
        try finish(
            [Outcome(outcome, logs: progress.logs(outcome.index))], dropped: outcome.dropped, waited: waited)
    }

    /// Prints the outcomes and errors of all requests, and throws the exit code.
    func finish(
        _ outcomes: [Outcome], failed: [FailedInput] = [], dropped: [DroppedInput] = [], waited: Bool = true
    ) throws {
        let outcomes = outcomes.sorted { $0.index < $1.index }
        let jobs = outcomes.compactMap(\.job)
        let error = outcomes.count == 1 && jobs.isEmpty ? outcomes[0].error : nil
        try show(
            outcomes, failed: failed, dropped: dropped, waited: waited,
            error: error.map { ErrorDocument(ending: $0) })
        if Task.isCancelled || outcomes.contains(where: { $0.error is CancellationError }) {
            Terminal.note(
                "interrupted; the requests already sent are in the ledger: \(Invocation.command(["jobs"]))")
        }
        try end(jobs, outcomes, failed, isLost: isLost)
    }

    /// Prints the outcomes and errors of all requests.
    ///
    /// - Parameters:
    ///   - skipped: The jobs of rows whose images were saved before.
    ///   - error: The error that stopped the command, for the JSON document.
    ///   - advises: Whether to print the command that fetches open jobs.
    func show(
        _ outcomes: [Outcome], failed: [FailedInput], dropped: [DroppedInput] = [], skipped: [JobRecord] = [],
        waited: Bool, error: ErrorDocument?, advises: Bool = true
    ) throws {
        progress.clear()
        let jobs = outcomes.compactMap(\.job)
        let failures = failed.map { FailureRecord($0) }
        switch form {
        case .lines: break
        case .json:
            var report = JobReport(
                jobs + skipped, failed: failures, dropped: dropped, skipped: skipped.count, error: error)
            let logs = outcomes.filter { $0.job != nil }.map(\.logs)
            for (index, lines) in logs.enumerated() where !lines.isEmpty { report.jobs[index].logs = lines }
            try Terminal.print(JSON.document(report))
        case .table:
            if !waited {
                if !jobs.isEmpty || skipped.isEmpty {
                    for line in JobTable.lines(jobs) { try Terminal.print(line) }
                }
            } else if !jobs.isEmpty {
                for line in JobTable.results(jobs) { try Terminal.print(line) }
            }
            if !skipped.isEmpty {
                let rows = skipped.count == 1 ? "1 row" : "\(skipped.count) rows"
                try Terminal.print("\(rows) skipped: saved before, and not bought again")
            }
        }
        for failure in failures { Diagnostics().failure(failure) }
        for outcome in outcomes { report(outcome, of: outcomes.count) }
        for job in unrecorded { report(job) }
        guard advises else { return }
        // Jobs with an error have their own hint.
        let open = outcomes.filter { $0.error == nil || $0.error is CancellationError }.compactMap(\.job)
            .filter {
                job in
                [.accepted, .finished].contains(job.state)
                    && !unrecorded.contains { $0.job.id == job.id && $0.file == nil }
            }
        for jobs in Dictionary(grouping: open, by: \.baseURL).values {
            let ids = jobs.map { String($0.id.prefix(8)) }
            let command = Invocation.command(["resume"] + ids + Invocation.base(jobs[0]))
            Terminal.note("\(command) fetches the remaining results")
        }
    }

    /// Whether the state of a job is recorded neither in the ledger nor in a file.
    var isLost: Bool { unrecorded.contains { $0.file == nil && $0.job.state != .saved } }

    /// The job states that the ledger could not record.
    private var unrecorded: [SpoolingLedger.Unrecorded] { (ledger as? SpoolingLedger)?.unrecorded ?? [] }

    private func report(_ unrecorded: SpoolingLedger.Unrecorded) {
        let job = unrecorded.job
        if let file = unrecorded.file {
            Diagnostics().note(
                "\(unrecorded.reason); job \(job.id.prefix(8)) is \(job.state.rawValue), which \(file) holds until the next command records it"
            )
        } else if job.state == .saved {
            Diagnostics().note(
                "\(unrecorded.reason); job \(job.id.prefix(8)) is saved nevertheless; do not send it again"
            )
        } else {
            Diagnostics().failure(
                "\(UnrecordedJob(job: job, reason: unrecorded.reason))",
                hint: Verdict(unrecorded.reason, about: job, isRecorded: false).hint)
        }
    }

    private func report(_ outcome: Outcome, of count: Int) {
        if let error = outcome.error, !(error is CancellationError) {
            let name = count > 1 ? outcome.job?.inputs.first?.name : nil
            let isLost = unrecorded.contains { $0.job.id == outcome.job?.id && $0.file == nil }
            ClientFailure.reportRow(error, about: name, job: outcome.job, isRecorded: !isLost)
        }
        for failure in outcome.job?.result?.failures ?? [] {
            Diagnostics().note("the provider failed to make one of the images: \(failure)")
        }
    }

    private func end(
        _ jobs: [JobRecord], _ outcomes: [Outcome], _ failed: [FailedInput], isLost: Bool
    ) throws {
        let errors = outcomes.compactMap { outcome in outcome.error.map { (job: outcome.job, error: $0) } }
        let status = ClientFailure.status(of: errors, anySaved: jobs.contains { $0.state == .saved })
        if status == .outcomeUnknown || isLost || jobs.contains(where: { $0.state == .unknown }) {
            throw ExitStatus.outcomeUnknown.code
        }
        if Task.isCancelled { throw Interruption.status.code }
        if status != .done { throw status.code }
        if !failed.isEmpty { throw (jobs.isEmpty ? ExitStatus.noUsableInput : .someFailed).code }
        if jobs.contains(where: { $0.result?.failures.isEmpty == false }) { throw ExitStatus.someFailed.code }
    }
}
#endif
