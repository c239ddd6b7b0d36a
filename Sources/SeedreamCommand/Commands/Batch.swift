import ArgumentParser
import SeedreamKit

/// `seedream batch`: a manifest in, a request for each of its rows.
struct Batch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a request for each row of a manifest, and save what comes back.",
        discussion: """
            MANIFEST is JSON Lines, or CSV whose first line names the fields; - reads it from standard input. Each row is a request:

              {"id": "a-1", "prompt": "make it night", "images": ["street.jpg"], "size": "4K"}

            Fields: id, prompt, images, model, provider, size, seed, count, images_per_generation, name, safety, enhance. prompt and \
            images are required; "images": [] (in CSV an empty cell; several images are separated by ;) makes an image from words \
            alone. Paths start from the manifest's folder. Without id, the number of the line is the id. The options below are for \
            what a row leaves open. Other fields come back with the row's result, except those that resemble a known one or would \
            decide about keys, addresses or folders: they fail the row.

            A row that fails is a row of the result; the others are sent. The same command again buys what is left, and nothing twice.

            Examples:
              seedream batch jobs.jsonl -o out --results results.jsonl
              seedream batch jobs.csv -o out --parallel 8 --budget 20.00
              make-rows | seedream batch - -o out --ndjson

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(help: ArgumentHelp("A file of JSON Lines or CSV; - for standard input.", valueName: "manifest"))
    var manifest: String

    @Option(
        name: .customLong("results"),
        help: ArgumentHelp("Append a JSON line to this file for each row that ends.", valueName: "file"))
    var resultsFile: String?

    @Flag(help: "The same lines on stdout, as soon as a row ends.")
    var ndjson = false

    @Option(help: ArgumentHelp("Requests at once.", valueName: "n"))
    var parallel = 2

    @Flag(help: "Fetch http(s) images and prepare them, instead of letting the provider fetch them.")
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
        guard (1...40).contains(parallel) else {
            throw ValidationError("--parallel: expected 1 to 40, found \(parallel)")
        }
        if results.json { throw ValidationError("--json: rows are a stream; write --ndjson") }
        _ = try constraints.constraints()
        _ = try preparation.options()
    }

    func run() async throws {
        #if Client
        try await Interruption.cancelling { try await BatchRun(self).run() }
        #else
        throw Unbuilt.client()
        #endif
    }
}
