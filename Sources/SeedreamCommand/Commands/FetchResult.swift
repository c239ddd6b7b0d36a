import ArgumentParser
import SeedreamClient

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
        let job = ResultRun(command: self)
        try await Interruption.cancelling { try await job.run() }
        #else
        throw Unbuilt.client()
        #endif
    }
}
