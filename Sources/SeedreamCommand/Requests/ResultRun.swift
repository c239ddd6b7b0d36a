#if Client
import SeedreamClient

/// One run of `seedream result`.
struct ResultRun: Sendable {
    let command: FetchResult

    func run() async throws {
        try await ClientFailure.reported(command.client, json: command.json) {
            let setup = ClientSetup(command.client)
            let ledger = try ledger(setup)
            let job = try await job(setup, ledger)
            let client = try setup.client(for: job, baseURL: command.asked.baseURL, ledger)
            let run = RequestRun(
                json: command.json, ledger: ledger,
                progress: RequestProgress(requests: 1, showsLogs: command.client.verbose))
            let destination = command.output.map {
                Destination(folder: $0, template: job.destination?.template ?? Destination.defaultTemplate)
            }
            let outcome = await run.work(on: job.id) {
                try await client.resume(job.id, to: destination, reportingTo: $0)
            }
            run.progress.clear()
            if outcome.job == nil, outcome.error == nil {
                Diagnostics().note("\(job.id): another process works on it")
                throw ExitStatus.tryAgainLater.code
            }
            try run.finish([outcome])
        }
    }

    /// Only with a provider can a ledger learn of a first job.
    private func ledger(_ setup: ClientSetup) throws -> any JobLedger {
        command.asked.provider == nil ? try setup.existingLedger() : try setup.ledger()
    }

    /// The ledger's job, or, with a provider, one that the ledger learns of now.
    private func job(_ setup: ClientSetup, _ ledger: any JobLedger) async throws -> JobRecord {
        if let job = try await ledger.job(command.id) { return job }
        guard let client = try setup.client(command.asked, ledger) else {
            throw LedgerError.notFound(command.id)
        }
        let destination = Destination(folder: command.output ?? ".")
        return try await client.adopt(requestID: command.id, model: command.asked.model, to: destination)
    }
}
#endif
