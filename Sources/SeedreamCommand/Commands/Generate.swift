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
              seedream generate "a lighthouse" --size 16:9@4K --count 4 --budget 0.20
              seedream generate "a lighthouse in a storm" --provider ark --dry-run

            More options: `seedream generate --help-hidden`. Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(help: "The prompt; - reads it from standard input.")
    var prompt: String?

    @OptionGroup(title: "Input")
    var words: PromptArguments

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Output")
    var results: ResultArguments

    @OptionGroup(title: "Cost")
    var cost: CostArguments

    @OptionGroup(title: "Provider")
    var provider: ProviderArguments

    @OptionGroup(title: "Network")
    var network: NetworkArguments

    @OptionGroup(title: "Advanced")
    var repetition: RepetitionArguments

    @OptionGroup(title: "Advanced", visibility: .rare)
    var advanced: AdvancedArguments

    func validate() throws {
        if let mistake = rule.mistake { throw ValidationError(mistake) }
        try results.validate(outputs: request.outputs(), isRun: false)
    }

    /// The rule that finds the prompt among the arguments.
    private var rule: PromptRule {
        PromptRule(command: "generate", prompt: prompt, inputs: [], file: words.promptFile)
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

/// Whether an equal request is bought again.
struct RepetitionArguments: ParsableArguments {
    @Flag(help: "Buy again even if an equal request is open or unknown.")
    var again = false
}

#if Client
extension Generate: SendingCommand {
    private func send() async throws {
        let prompt = try rule.text()
        try await ClientFailure.reported(client, json: results.json) {
            try await configured { try await $0.send(prompt) }
        }
    }

    private func send(_ prompt: String) async throws {
        let session = try session()
        var options = RunOptions()
        (options.waits, options.buysAgain) = (waits, repetition.again)
        try await send(
            RowRequest(label: prompt, inputs: [], request: generation(prompt)),
            as: run("generate", sources: [], of: session), to: try destination(), options, with: session)
    }
}
#endif
