import ArgumentParser
import SeedreamClient
import SeedreamKit

/// `seedream result`: fetches what a job has made.
struct FetchResult: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result",
        abstract: "Fetch and save the result of a job, waiting for it if need be.",
        discussion: """
            With --provider, also of a request that the ledger does not know, by the host's id of it.

            Examples:
              seedream result 3f0c91aa
              seedream result 764cabcf-b745-4b3e-ae38-1200304cf45b --provider fal -o out

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first letters, or the host's id of the request.", valueName: "id"))
    var id: String

    @OptionGroup
    var asked: JobArguments

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder for the results (default: where they were to go).", valueName: "dir"))
    var output: String?

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func run() async throws {
        #if Client
        let command = self
        try await Interruption.cancelling { try await command.fetch() }
        #else
        throw MissingTrait.client()
        #endif
    }
}

#if Client
extension FetchResult {
    private func fetch() async throws {
        try await ClientFailure.reported(client, json: json) {
            let setup = ClientSetup(client)
            // Only with a provider can a ledger learn of a first job.
            let ledger = asked.provider == nil ? try setup.existingLedger() : try setup.ledger()
            let session = try setup.session(asked.provider ?? .fal, baseURL: asked.baseURL, ledger)
            let job = try await job(session)
            let destination = output.map {
                Destination(folder: $0, template: job.destination?.template ?? Destination.defaultTemplate)
            }
            let progress = RequestProgress(rows: 1, showsLogs: client.verbose)
            let outcome = await session.result(of: job, to: destination, reportingTo: progress.reporter)
            progress.clear()
            if outcome.deed == .elsewhere {
                Diagnostics().note("\(job.id): another process works on it")
                throw ExitStatus.tryAgainLater.code
            }
            try JobOutput(form: json ? .json : .table, ledger: ledger, progress: progress)
                .finish(outcome, waited: true)
        }
    }

    /// The ledger's job, or, with a provider, one that the ledger learns of now.
    private func job(_ session: SeedreamSession) async throws -> JobRecord {
        if let job = try await session.client.ledger.job(id) { return job }
        guard asked.provider != nil else { throw LedgerError.notFound(id) }
        return try await session.client.adopt(
            requestID: id, model: asked.model, to: Destination(folder: output ?? "."))
    }
}
#endif
