#if Client
import SeedreamClient
import SeedreamModel

/// One run of `seedream generate`.
struct GenerateRun: Sendable {
    let command: Generate
    let prompt: String

    func run() async throws {
        try await ClientFailure.reported(command.client, json: command.results.json) {
            let settings = try RequestSettings(command.host, command.results, command.client)
            var request = GenerationRequest(prompt: prompt)
            command.request.apply(to: &request)
            if command.results.dryRun {
                try PlanReport([.init(try settings.planner.plan(request))]).show(json: command.results.json)
                return
            }
            let ledger = try settings.setup.ledger()
            let client = try settings.setup.client(settings.provider, settings.configuration, ledger)
            let run = RequestRun(
                json: command.results.json, ledger: ledger,
                progress: RequestProgress(requests: 1, showsLogs: command.client.verbose))
            try run.finish([await run.send(request, with: client, settings)], waited: settings.waits)
        }
    }
}
#endif
