import ArgumentParser
import ImagePreparation
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// `seedream edit`: edits images with a prompt.
struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prepare images, send them with a prompt, and save the results.",
        discussion: """
            "Image 1" in the prompt is the first input. A request is sent once and recorded: \
            `seedream resume` continues it if interrupted. Results never overwrite a file; a \
            .json file next to each records its origin. `seedream providers` names the keys.

            Examples:
              seedream edit "put the dog in a hat" dog.heic -o out
              seedream edit "image 1 in the style of image 2" a.jpg b.png --size 4K
              seedream edit "remove the background" photos/ --each -o out --budget 2.00
              seedream edit "make it night" street.jpg --provider apiframe --dry-run

            More options: `seedream edit --help-hidden`; preparation options: see `seedream prep \
            --help`. Exit codes: see `seedream help exit-codes`.
            """)

    // With --prompt-file, an input.
    @Argument(help: "The prompt; - reads it from standard input.", completion: .images)
    var prompt: String?

    @Argument(
        help: ArgumentHelp(
            "Files, - for standard input, data: URIs, http(s) URLs; with --each also folders.",
            valueName: "input"),
        completion: .images)
    var inputs: [String] = []

    @OptionGroup(title: "Input")
    var separation: EachArguments

    @OptionGroup(title: "Input")
    var sending: ParallelArguments

    @OptionGroup(title: "Input")
    var input: InputArguments

    @OptionGroup(title: "Input")
    var words: PromptArguments

    @OptionGroup(title: "Input")
    var images: ImageArguments

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Request", visibility: .rare)
    var split: LayerArguments

    @OptionGroup(title: "Output")
    var results: ResultArguments

    @OptionGroup(title: "Output", visibility: .rare)
    var stream: StreamArguments

    @OptionGroup(title: "Cost")
    var cost: CostArguments

    @OptionGroup(title: "Provider")
    var provider: ProviderArguments

    @OptionGroup(title: "Network")
    var network: NetworkArguments

    @OptionGroup(title: "Advanced")
    var rows: RunArguments

    @OptionGroup(title: "Advanced", visibility: .rare)
    var advanced: AdvancedArguments

    @OptionGroup(title: "Constraints", visibility: .rare)
    var constraints: ConstraintArguments

    @OptionGroup(title: "Preparation", visibility: .rare)
    var preparation: PreparationArguments

    func validate() throws {
        if let mistake = rule.mistake { throw ValidationError(mistake) }
        guard !rule.images.isEmpty || input.filesFrom != nil else {
            throw ValidationError("no input given; name an image, or use `seedream generate`")
        }
        try input.validate(rule.images + (rule.readsStandardInput ? ["-"] : []), each: each)
        if stream.ndjson, !each || results.json {
            throw ValidationError("'--ndjson' needs '--each', without '--json'")
        }
        try results.validate(outputs: request.outputs(layers: split.layers), isRun: each)
        _ = try constraints.constraints(fit: images.fit)
        _ = try preparation.options(images)
    }

    /// Whether each input is a separate request.
    var each: Bool { separation.each }

    /// The rule that finds the prompt among the arguments.
    private var rule: PromptRule {
        PromptRule(
            command: "edit", prompt: prompt, inputs: inputs, file: words.promptFile,
            isOptional: split.layers)
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

/// Whether an image is split into layers.
struct LayerArguments: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Split the image into a base image and transparent layers, if the model can; the prompt may be \"\".",
            visibility: .rare))
    var layers = false
}

#if Client
extension Edit: RunCommand {
    var isRepeatable: Bool { each }

    func send() async throws {
        let prompt = try rule.text()
        try await ClientFailure.reported(client, json: results.json) {
            try await configured { try await $0.send(prompt) }
        }
    }

    private func send(_ prompt: String) async throws {
        let session = try session()
        let destination = try destination()
        let named = try await NamedInputs(rule.images, of: self, in: session)
        var generation = generation(prompt)
        generation.splitsLayers = split.layers
        if each {
            let rows = named.rows(generation, fetchesURLs: sending.fetch).map { completed($0) }
            try await sendEach(rows, named, to: destination, session)
        } else {
            try await send(
                named.row(generation, fetchesURLs: sending.fetch), as: named.run, to: destination, options,
                with: session)
        }
    }

    private func sendEach(
        _ rows: [RowRequest], _ named: NamedInputs, to destination: Destination, _ session: SeedreamSession
    ) async throws {
        try checkRunName()
        if cost.dryRun { return try await plan(rows, named, session) }
        let names = named.names
        let output = RunOutput(
            names: names, run: named.run, form: stream.ndjson && !results.json ? .lines : results.form,
            baseURL: provider.baseURL,
            progress: RequestProgress(
                rows: rows.count, form: results.progress, showsLogs: client.advanced.verbose,
                names: { names.count > 1 ? names[$0] : nil }))
        let ticks = output.progress.ticking()
        defer { ticks.cancel() }
        let stop = try await session.run(
            rows, as: named.run, to: destination, options: options, reportingTo: output.progress.reporter
        ) { try output.show($0) }
        try await output.finish(stop, ledger: session.client.ledger, waited: waits)
    }

    /// Prints the plan of the run: each request with `--json`, otherwise one line.
    private func plan(_ rows: [RowRequest], _ named: NamedInputs, _ session: SeedreamSession) async throws {
        var summary = RunPlanSummary()
        var plans: [RowPlan] = []
        var failed: [FailureRecord] = []
        let left = RowIterator(rows)
        try await session.plan(as: named.run, options: options, next: { left.next() }) { plan in
            // A request error comes from a setting, and would be the same for each image.
            if plan.error is RequestError, let error = plan.error { throw error }
            summary.add(plan)
            failed += plan.failed.map { failure in
                var failure = failure
                failure.index = plan.index
                return FailureRecord(failure)
            }
            if results.json { plans.append(plan) }
        }
        try summary.check(session.client.configuration.budget)
        if results.json {
            let requests = plans.sorted { $0.index < $1.index }
                .compactMap { PlanReport.Request($0, includesDigest: true) }
            try PlanReport(requests, failed: failed).show(json: true)
        } else {
            try Terminal.print(TerminalText(summary.text()))
        }
        for failure in failed { Diagnostics().failure(failure) }
        if summary.status != .done { throw summary.status.code }
    }
}
#endif

#if Client
/// The inputs of an `edit` command line, their names, and the run that they belong to.
struct NamedInputs {
    /// The run of these inputs.
    let run: RunRecord
    private let entries: [InputList.Entry]

    /// - Throws: `RequestError` if the folders hold no images.
    init(_ arguments: [String], of command: Edit, in session: SeedreamSession) async throws {
        var sources = arguments.map { argument in
            if RowRequest.Input.isURL(argument) { return URLParts(argument)?.origin ?? argument }
            if argument == "-" || argument.prefix(5).lowercased() == "data:" { return "-" }
            let path = PathText.absolute(argument)
            // A folder and each file in it count as one source, so that the run stays the same if
            // the folder gains a file.
            return Folder.exists(path) ? path : Folder.containing(path)
        }
        if let list = command.input.filesFrom { sources.append(list == "-" ? "-" : PathText.absolute(list)) }
        run = command.run("edit", sources: sources, name: command.rows.name, of: session)
        var results: Set<String> = []
        if command.each, command.input.filesFrom != nil || arguments.contains(where: { Folder.exists($0) }) {
            // Leave out earlier results of this run in an input folder.
            let jobs = try await session.client.ledger.jobs(ofRun: run.id)
            results = Set(jobs.flatMap { $0.files.map(\.path) })
        }
        entries = try command.input.list(arguments, each: command.each) {
            results.contains(PathText.absolute($0))
        }
        .entries
        guard !entries.isEmpty else {
            throw RequestError(field: "input", message: "expected images, found none", hint: "name images")
        }
    }

    /// The inputs as named on the command line.
    var names: [String] { entries.map(\.argument) }

    /// Returns all inputs as one request.
    func row(_ request: GenerationRequest, fetchesURLs: Bool) -> RowRequest {
        RowRequest(
            label: names.joined(separator: " "), inputs: entries.map { $0.input(fetchesURLs) },
            request: request)
    }

    /// Returns each input as a separate request with a unique label.
    func rows(_ request: GenerationRequest, fetchesURLs: Bool) -> [RowRequest] {
        var seen: [String: Int] = [:]
        return entries.map { entry in
            let input = entry.input(fetchesURLs)
            var label = entry.argument
            if case .local(let image) = input, image.filePath != nil { label = PathText.absolute(label) }
            seen[label, default: 0] += 1
            if let count = seen[label], count > 1 { label += "#\(count)" }
            var row = RowRequest(label: label, inputs: [input], request: request)
            row.subfolder = entry.subfolder
            return row
        }
    }
}

extension InputList.Entry {
    fileprivate func input(_ fetchesURLs: Bool) -> RowRequest.Input {
        isPath ? .file(argument) : RowRequest.Input(argument: argument, fetchesURLs: fetchesURLs)
    }
}
#endif
