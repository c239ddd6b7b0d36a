import ArgumentParser
import SeedreamClient
import SeedreamKit

/// `seedream generate`: generates images from a prompt.
struct Generate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Generate images from a prompt alone, and save them.",
        discussion: """
            Keys, ledger and results work as in `seedream edit`.

            Examples:
              seedream generate "a lighthouse in a storm" -o out
              seedream generate "a lighthouse in a storm" --size 16:9@4K --count 4 --budget 0.20
              seedream generate "a lighthouse in a storm" --provider ark --dry-run

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(help: "The prompt; - reads it from standard input.")
    var prompt: String?

    @Option(
        help: ArgumentHelp(
            "Read the prompt from this file, in UTF-8; - for standard input.", valueName: "file"))
    var promptFile: String?

    @Flag(help: "Buy again even if an equal request is open or unknown.")
    var again = false

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Provider")
    var provider: ProviderArguments

    @OptionGroup(title: "Results")
    var results: ResultArguments

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func validate() throws {
        if let mistake = rule.mistake { throw ValidationError(mistake) }
        try results.validate(outputs: request.count * request.imagesPerCall, isRun: false)
    }

    /// The rule that finds the prompt among the arguments.
    private var rule: PromptRule {
        PromptRule(command: "generate", prompt: prompt, inputs: [], file: promptFile)
    }

    func run() async throws {
        #if Client
        let command = self
        try await Interruption.cancelling { try await command.send() }
        #else
        throw MissingTrait.client()
        #endif
    }
}

#if Client
extension Generate: SendingCommand {
    private func send() async throws {
        let prompt = try rule.text()
        try await ClientFailure.reported(client, json: results.json) {
            let session = try session()
            var options = RunOptions()
            (options.waits, options.buysAgain) = (waits, again)
            try await send(
                RowRequest(label: prompt, inputs: [], request: generation(prompt)),
                as: run("generate", sources: [], of: session), to: try destination(), options, with: session)
        }
    }
}
#endif
