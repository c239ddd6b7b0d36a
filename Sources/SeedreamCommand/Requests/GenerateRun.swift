#if Client
import AtomicFiles
import SeedreamClient
import SeedreamKit
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
            let session = SeedreamSession(
                client: try settings.setup.client(
                    settings.provider, settings.configuration, try settings.setup.ledger()))
            let record = RunRecord(
                .init(
                    command: "generate", sources: [],
                    destination: PathText.absolute(command.results.output),
                    origin: settings.planner.origin),
                arguments: RunLines.arguments, folder: PathText.currentFolder)
            let row = try await session.single(
                request, [], in: record, label: prompt, buysAgain: command.again)
            RunLines.sayEqual(row.saved)
            let run = RequestRun(
                json: command.results.json, ledger: session.client.ledger,
                progress: RequestProgress(requests: 1, showsLogs: command.client.verbose))
            try run.finish(
                [await run.send(request, for: row.reference, with: session.client, settings)],
                waited: settings.waits)
        }
    }
}
#endif
