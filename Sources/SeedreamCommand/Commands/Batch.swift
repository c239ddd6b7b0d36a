import ArgumentParser
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// `seedream batch`: sends a request for each row of a manifest.
struct Batch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a request for each row of a manifest, and save the results.",
        discussion: """
            MANIFEST is JSON Lines, or CSV whose first line names the fields; - reads it from \
            standard input. Each row is a request:

              {"id": "a-1", "prompt": "make it night", "images": ["street.jpg"]}

            Fields: id, prompt, images, model, provider, size, seed, count, images_per_generation, \
            name, safety, enhance, result_format, result_background, guidance_scale, layers. prompt \
            and images are required; "images": [] (in CSV an empty \
            cell; several images are separated by ;) generates an image from the prompt alone. Paths \
            are relative to the manifest's folder. The default id is the line number. The options \
            below apply to fields that a row leaves out. Other fields are copied to the row's \
            result, except those that resemble a known field or could set keys, addresses or \
            folders: these fail the row.

            A failed row is reported in the results, and the other rows are sent. Repeating the \
            command sends the remaining rows, and buys nothing twice.

            Examples:
              seedream batch jobs.jsonl -o out --results results.jsonl
              seedream batch jobs.csv -o out --parallel 8 --budget 20.00
              make-rows | seedream batch - -o out --ndjson

            More options: `seedream batch --help-hidden`; preparation options: see `seedream prep \
            --help`. Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp("A JSON Lines or CSV file; - for standard input.", valueName: "manifest"),
        completion: .files("jsonl", "ndjson", "json", "csv"))
    var manifest: String

    @OptionGroup(title: "Input")
    var sending: ParallelArguments

    @OptionGroup(title: "Input")
    var part: ShardArguments

    @OptionGroup(title: "Input")
    var images: ImageArguments

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Output")
    var results: ResultArguments

    @OptionGroup(title: "Output")
    var lines: ResultsFileArguments

    @OptionGroup(title: "Output")
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
        if results.json { throw ValidationError("--json: rows are a stream; use --ndjson") }
        try results.validate(outputs: 1, isRun: true)
        _ = try part.shard()
        _ = try constraints.constraints(fit: images.fit)
        _ = try preparation.options(images)
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

/// The file to which a batch appends its results.
struct ResultsFileArguments: ParsableArguments {
    @Option(
        name: .customLong("results"),
        help: ArgumentHelp("Append a JSON line to this file for each row as it ends.", valueName: "file"),
        completion: .files("jsonl", "ndjson"))
    var file: String?
}

#if Client
extension Batch: RunCommand {
    var isRepeatable: Bool { manifest != "-" }

    func send() async throws {
        try await ClientFailure.reported(client) { try await configured { try await $0.sendRows() } }
    }

    private func sendRows() async throws {
        try checkRunName()
        let session = try session()
        let destination = try destination()
        let reader = try ManifestReader(manifest)
        if cost.dryRun { return try await plan(reader, session) }
        let source = manifest == "-" ? "-" : PathText.absolute(manifest)
        let run = run("batch", sources: [source], name: rows.name, of: session)
        let progress = RequestProgress(
            rows: nil, form: results.progress, showsLogs: client.advanced.verbose)
        let ticks = progress.ticking()
        defer { ticks.cancel() }
        let file = try lines.file.map { try BatchResults($0, of: manifest) }
        var output = BatchOutput(
            run: run, isStream: stream.ndjson && !results.json, waits: waits, progress: progress)
        let stop = try await session.batch(
            reader, as: run, to: destination, others: others(of: session), options: options,
            fetchesURLs: sending.fetch, shard: try part.shard(), results: file?.file,
            reportingTo: progress.reporter,
            configure: { request.apply(to: &$0) }, complete: { $0 = completed($0) }
        ) { try output.show($0) }
        try file?.finish(reader)
        // Only `resume RUN --json` comes here with `--json`.
        if results.json { try await BatchOutput.showRun(run.id, session.client.ledger, stop) }
        try output.finish(stop)
    }

    /// Prints the plan and the cost of the whole manifest.
    private func plan(_ reader: ManifestReader, _ session: SeedreamSession) async throws {
        let run = run("batch", sources: [PathText.absolute(manifest)], name: rows.name, of: session)
        var summary = RunPlanSummary()
        let open = OpenRows()
        let shard = try part.shard()
        try await session.plan(
            as: run, others: others(of: session), options: options,
            next: {
                guard let record = try await reader.nextRecord(of: shard) else { return nil }
                let row = completed(
                    RowRequest(record, fetchesURLs: sending.fetch) { request.apply(to: &$0) })
                open.add(RowDocument(record), label: row.label)
                return row
            },
            deliver: { plan in
                summary.add(plan)
                var document = open.take(plan.label)
                document.take(plan)
                if stream.ndjson || document.state == .failed {
                    try BatchOutput.show(document, isStream: stream.ndjson)
                }
            })
        Terminal.note(TerminalText(summary.text(source: " of \(reader.format.rawValue)")))
        try summary.check(session.client.configuration.budget)
        if summary.status != .done { throw summary.status.code }
    }
}
#endif
