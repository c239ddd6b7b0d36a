#if Client
import SeedreamClient
import SeedreamModel

/// One run of `seedream generate`.
struct GenerateRun: Sendable {
    let command: Generate

    func run() async throws {
        try await ClientFailure.reported {
            let settings = try RequestSettings(command.host, command.results, command.client)
            var request = GenerationRequest(prompt: command.prompt)
            command.request.apply(to: &request)
            if command.results.dryRun {
                try PlanReport(try settings.planner.plan(request), preparation: nil).show(
                    json: command.results.json)
                return
            }
            let ledger = try settings.setup.ledger()
            let client = try settings.setup.client(settings.provider, settings.configuration, ledger)
            let run = RequestRun(json: command.results.json)
            let progress = RequestProgress(requests: 1)
            let (waits, destination, final) = (!command.results.noWait, settings.destination, request)
            let id = SeedreamClient.newJobID()
            let outcome = try await run.work(id, index: 0, progress: progress, ledger: ledger) { reporter in
                waits
                    ? try await client.run(final, to: destination, id: id, reportingTo: reporter)
                    : try await client.submit(final, to: destination, id: id, reportingTo: reporter)
            }
            progress.clear()
            try run.finish([outcome])
        }
    }
}
#endif
