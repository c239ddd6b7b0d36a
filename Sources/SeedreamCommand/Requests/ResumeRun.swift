#if Client
import SeedreamClient

/// One run of `seedream resume`.
struct ResumeRun: Sendable {
    let command: Resume

    func run() async throws {
        try await ClientFailure.reported(command.client, json: command.json) {
            let setup = ClientSetup(command.client)
            let ledger = try setup.existingLedger()
            let jobs = try await jobs(setup, ledger)
            if jobs.isEmpty, !command.json { Terminal.note("nothing to resume") }
            let run = RequestRun(
                json: command.json, ledger: ledger,
                progress: RequestProgress(requests: jobs.count, showsLogs: command.client.verbose))
            let outcomes = try await run.all(jobs.count, atOnce: command.parallel) { index in
                let job = jobs[index]
                let client: SeedreamClient
                do {
                    client = try setup.client(for: job, baseURL: command.baseURL, ledger)
                } catch let error as RequestError {
                    // Said for this job; the others go on.
                    return { RequestRun.Outcome(index: index, job: job, error: error) }
                }
                return {
                    await run.work(on: job.id, index: index, name: job.inputs.first?.name) {
                        try await client.resume(job.id, reportingTo: $0)
                    }
                }
            }
            run.progress.clear()
            for outcome in outcomes where outcome.job == nil && outcome.error == nil {
                Diagnostics().note("\(jobs[outcome.index].id): another process works on it")
            }
            let unknown = outcomes.compactMap { $0.error == nil ? $0.job : nil }.filter {
                $0.state == .unknown
            }
            for job in unknown {
                let error = job.error.map { ": \($0)" } ?? ""
                Diagnostics().failure(
                    "\(job.id): the outcome is unknown\(error)",
                    hint: Verdict(job.error ?? LedgerError.notFound(job.id), about: job).hint)
            }
            if !jobs.isEmpty || command.json { try run.finish(outcomes) }
            if !unknown.isEmpty { throw ExitStatus.outcomeUnknown.code }
        }
    }

    /// Those that are named, or all that are not done, the oldest first.
    private func jobs(_ setup: ClientSetup, _ ledger: any JobLedger) async throws -> [JobRecord] {
        guard command.ids.isEmpty else {
            var jobs: [JobRecord] = []
            for id in command.ids { jobs.append(try await setup.job(id, in: ledger)) }
            var seen: Set<String> = []
            return jobs.filter { seen.insert($0.id).inserted }
        }
        return try await ledger.jobs(in: Set(JobState.allCases.filter { !$0.isFinal }), limit: nil).reversed()
    }
}
#endif
