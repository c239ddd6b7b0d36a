import ArgumentParser
import SeedreamClient
import SeedreamKit

/// `seedream result`: fetches and saves the result of a job.
struct FetchResult: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result",
        abstract: "Fetch and save the result of a job, waiting for it if necessary.",
        discussion: """
            With --provider, ID may be the request id of a request that is not in the ledger.

            Examples:
              seedream result 3f0c91aa
              seedream result 764cabcf-b745-4b3e-ae38-1200304cf45b --provider fal -o out

            Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first characters, or the provider's request id.", valueName: "id"),
        completion: .jobs())
    var id: String

    @OptionGroup
    var unrecorded: JobArguments

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder for the results (default: the destination of the job).", valueName: "dir"),
        completion: .folders)
    var output: String?

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
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
            // The ledger can learn of a first job only if a provider is given.
            let ledger = unrecorded.provider == nil ? try setup.existingLedger() : try setup.ledger()
            let session = try setup.session(unrecorded.provider ?? .fal, baseURL: unrecorded.baseURL, ledger)
            let job = try await job(session)
            let destination = output.map {
                Destination(folder: $0, template: job.destination?.template ?? Destination.defaultTemplate)
            }
            let progress = RequestProgress(rows: 1, showsLogs: client.advanced.verbose)
            let outcome = await session.result(of: job, to: destination, reportingTo: progress.reporter)
            progress.clear()
            if outcome.action == .elsewhere {
                Diagnostics().failure(
                    "\(job.id): another process works on it", hint: "wait until it ends", category: .resources
                )
                throw ExitStatus.tryAgainLater.code
            }
            try JobOutput(form: json ? .json : .table, ledger: ledger, progress: progress)
                .finish(outcome, waited: true)
        }
    }

    /// Returns the job in the ledger or, if a provider is given, records a new one.
    private func job(_ session: SeedreamSession) async throws -> JobRecord {
        if let job = try await session.client.ledger.job(id) { return job }
        guard unrecorded.provider != nil else { throw LedgerError.notFound(id) }
        return try await session.client.adopt(
            requestID: id, model: unrecorded.model, to: Destination(folder: output ?? "."))
    }
}
#endif
