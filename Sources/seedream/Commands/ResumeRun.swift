#if Client
import SeedreamClient

/// One run of `seedream resume`.
struct ResumeRun: Sendable {
    let command: Resume

    func run() async throws {
        try await ClientFailure.reported {
            let setup = ClientSetup(command.client)
            let ledger = try setup.ledger()
            var jobs: [JobRecord] = []
            if command.ids.isEmpty {
                jobs = try await ledger.jobs(in: Set(JobState.allCases.filter { !$0.isFinal }), limit: nil)
                    .reversed()
            } else {
                for id in command.ids { jobs.append(try await setup.job(id, in: ledger)) }
            }
            if jobs.isEmpty, !command.json { Terminal.note("nothing to resume") }
            let run = RequestRun(json: command.json)
            let progress = RequestProgress(requests: jobs.count)
            var outcomes: [RequestRun.Outcome] = []
            try await withThrowingTaskGroup(of: RequestRun.Outcome.self) { group in
                var running = 0
                for (index, job) in jobs.enumerated() {
                    if running >= command.parallel, let outcome = try await group.next() {
                        outcomes.append(outcome)
                        running -= 1
                    }
                    let client = try setup.client(for: job, ledger)
                    running += 1
                    group.addTask {
                        try await run.work(
                            job.id, index: index, name: job.inputs.first?.name, progress: progress,
                            ledger: ledger
                        ) {
                            try await client.resume(job.id, reportingTo: $0)
                        }
                    }
                }
                for try await outcome in group { outcomes.append(outcome) }
            }
            progress.clear()
            for outcome in outcomes where outcome.job == nil && outcome.error == nil {
                Diagnostics().note("\(jobs[outcome.index].id): another process works on it")
            }
            for job in outcomes.compactMap(\.job) where job.state == .unknown {
                Diagnostics().failure("\(job.id): the outcome is unknown", hint: job.error?.hint)
            }
            let isUnknown = outcomes.contains { $0.job?.state == .unknown }
            if !jobs.isEmpty { try run.finish(outcomes) }
            if isUnknown { throw ExitStatus.outcomeUnknown.code }
        }
    }
}
#endif
