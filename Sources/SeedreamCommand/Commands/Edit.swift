import ArgumentParser
import SeedreamClient
import SeedreamModel

/// `seedream edit`: pictures and words in, pictures out.
struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prepare pictures, send them with a prompt, and save what comes back.",
        discussion: """
            INPUT is a file, - for standard input, a data: URI, or an http(s) URL, which the host fetches itself unless --fetch is given; \
            with --each also a folder. "Image 1" in the prompt is the first input. The key is read from the environment (FAL_KEY, or \
            FAL_KEY_ID with FAL_KEY_SECRET; AIML_API_KEY, ONEROUTER_API_KEY, APIFRAME_API_KEY, ARK_API_KEY) or from the key file.

            The request is sent once. What happened to it is in the ledger: `seedream jobs` lists it, `seedream resume` goes on after \
            whatever ended this process. Results are checked, named, and never overwrite anything; a .json beside each says where it \
            comes from.

            Examples:
              seedream edit "put the dog in a hat" dog.heic -o out
              seedream edit "image 1 in the style of image 2" photo.jpg painting.png --size 4K
              seedream edit "remove the background" photos/ --each -o out --budget 2.00
              seedream edit "make it night" street.jpg --dry-run
              seedream edit "make it night" street.jpg --provider apiframe --no-wait

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(help: "The prompt; - reads it from standard input.")
    var prompt: String?

    @Argument(
        help: ArgumentHelp("Files, - for standard input, data: URIs, http(s) URLs.", valueName: "input"))
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read the prompt from this file, in UTF-8; - for standard input.", valueName: "file"))
    var promptFile: String?

    @Flag(help: "Every input is a request of its own. A folder stands for its files.")
    var each = false

    @Option(help: ArgumentHelp("With --each: requests at once.", valueName: "n"))
    var parallel = 2

    @Flag(help: "Fetch http(s) inputs and prepare them, instead of letting the host fetch them.")
    var fetch = false

    @OptionGroup(title: "Run")
    var rows: RunArguments

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Host")
    var host: HostArguments

    @OptionGroup(title: "Results")
    var results: ResultArguments

    @OptionGroup(title: "Client")
    var client: ClientArguments

    @OptionGroup(title: "Constraints")
    var constraints: ConstraintArguments

    @OptionGroup(title: "Preparation")
    var preparation: PreparationArguments

    func validate() throws {
        if let objection = rule.objection { throw ValidationError(objection) }
        guard !rule.images.isEmpty else {
            throw ValidationError("no input given; name an image, or use `seedream generate`")
        }
        guard (1...40).contains(parallel) else {
            throw ValidationError("--parallel: expected 1 to 40, found \(parallel)")
        }
        if rule.images.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("standard input can be named once")
        }
        _ = try constraints.constraints()
        _ = try preparation.options()
    }

    /// What the words mean.
    private var rule: PromptRule {
        PromptRule(command: "edit", prompt: prompt, inputs: inputs, file: promptFile)
    }

    func run() async throws {
        #if Client
        try await Interruption.cancelling {
            try await EditRun(command: self, prompt: try rule.text(), inputs: rule.images).run()
        }
        #else
        throw Unbuilt.client()
        #endif
    }
}
