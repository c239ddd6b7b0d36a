import ArgumentParser
import SeedreamClient

/// `seedream cancel`: asks the host to stop a job.
struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the host to stop a job. Only fal can, and only before the picture is made.",
        discussion: """
            Examples:
              seedream cancel 3f0c91aa

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first letters, or the host's id of the request.", valueName: "id"))
    var id: String

    @Option(
        help: ArgumentHelp(
            "The base URL that the job was sent to, if not the provider's own. A key goes nowhere else.",
            valueName: "url"))
    var baseURL: String?

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func run() async throws {
        #if Client
        try await ClientFailure.reported {
            let setup = ClientSetup(client)
            let ledger = try setup.existingLedger()
            let job = try await setup.job(id, in: ledger)
            switch try await setup.client(for: job, baseURL: baseURL, ledger).cancel(job) {
            case .requested:
                try Terminal.print(
                    "\(job.id): the host was asked to stop; `seedream status \(job.id.prefix(8))` says whether it did"
                )
            case .alreadyCompleted:
                Diagnostics().failure("\(job.id): it is made already", hint: "`seedream resume` fetches it")
                throw ExitStatus.refusedByProvider.code
            case .notFound:
                Diagnostics().failure(
                    "\(job.id): the host does not know the job", hint: "the host forgets old ones")
                throw ExitStatus.refusedByProvider.code
            case .notPossible:
                Diagnostics().failure(
                    "\(job.id): \(job.provider.displayName) cannot cancel", hint: "wait for it, or leave it")
                throw ExitStatus.refusedByProvider.code
            }
        }
        #else
        throw Unbuilt.client()
        #endif
    }
}
