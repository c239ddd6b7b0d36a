import ArgumentParser
import SeedreamClient

/// `seedream generate`: words in, pictures out.
struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make pictures from a prompt alone, and save them.",
        discussion: """
            Keys, ledger and results are those of `seedream edit`.

            Examples:
              seedream generate "a lighthouse in a storm" -o out
              seedream generate "a lighthouse in a storm" --size 16:9@4K --count 4 --budget 0.20
              seedream generate "a lighthouse in a storm" --provider ark --dry-run

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(help: "What the picture shall be.")
    var prompt: String

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Host")
    var host: HostArguments

    @OptionGroup(title: "Results")
    var results: ResultArguments

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func run() async throws {
        #if Client
        let job = GenerateRun(command: self)
        try await Interruption.cancelling { try await job.run() }
        #else
        throw Unbuilt.client()
        #endif
    }
}
