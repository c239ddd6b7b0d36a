import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// `seedream prep`: the main job.
struct Prep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make pictures valid for a request, and say what was done to each.",
        discussion: """
            INPUT is a file, - for standard input, or a data: URI; with --each also a folder. The format is told by \
            the content. What is already valid goes out with its pixels untouched and its metadata removed. Everything \
            else is turned upright, scaled, converted to sRGB, flattened or encoded anew, and the reason is given.

            Of more inputs than one request takes, the last are used. One bad input never stops the others. `seedream edit` prepares in \
            the same way, and sends.

            Examples:
              seedream prep photo.jpg cutout.png
              seedream prep *.jpg -o out --json
              seedream prep --each scans/ -o out --ndjson
              cat photo.jpg | seedream prep - --data-uri
              seedream prep photo.jpg --payload fal --prompt "make it night" | curl -s --json @- ...
              seedream prep --each scans/ -o out --report out.html
              seedream prep banner.png --fit pad --background black -o out

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofPreparation))
            """)

    @Argument(help: ArgumentHelp("Files, - for standard input, data: URIs.", valueName: "input"))
    var inputs: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Folder to write to, or - for one image to stdout.", valueName: "dir"))
    var output: String?

    @Option(
        help: ArgumentHelp("Write an HTML page that shows each image before and after.", valueName: "file"))
    var report: String?

    @Flag(help: "Replace files that exist.")
    var overwrite = false

    @Flag(help: "Every input is a request of its own: none is dropped. A folder stands for its files.")
    var each = false

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @Flag(help: "One JSON record a line on stdout.")
    var ndjson = false

    @Flag(name: .customLong("data-uri"), help: "One data URI a line on stdout.")
    var dataURI = false

    @Option(
        help: ArgumentHelp(
            "The exact request body for a host on stdout: fal, aiml, onerouter, apiframe or ark.",
            valueName: "provider"))
    var payload: ProviderID?

    @Option(help: ArgumentHelp("With --payload: what the picture shall be.", valueName: "text"))
    var prompt: String?

    @Flag(help: "Plan from headers only: decode nothing, write nothing.")
    var dryRun = false

    @OptionGroup(title: "Constraints")
    var constraints: ConstraintArguments

    @OptionGroup(title: "Preparation")
    var preparation: PreparationArguments

    func validate() throws {
        guard !inputs.isEmpty else {
            throw ValidationError("no input given; name a file, or - for standard input")
        }
        let modes = [
            (json, "--json"), (ndjson, "--ndjson"), (dataURI, "--data-uri"), (payload != nil, "--payload"),
            (output == "-", "-o -"),
        ]
        .filter(\.0).map(\.1)
        guard modes.count <= 1 else {
            throw ValidationError("'\(modes[0])' and '\(modes[1])' both write to stdout; choose one")
        }
        if output == "-", inputs.count != 1 || each {
            throw ValidationError("'-o -' takes exactly one input")
        }
        if let url = inputs.first(where: {
            $0.lowercased().hasPrefix("http://") || $0.lowercased().hasPrefix("https://")
        }) {
            throw ValidationError("\(url): prep reads no URLs; `seedream edit --fetch --dry-run` does")
        }
        if inputs.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("standard input can be named once")
        }
        if payload != nil, each {
            throw ValidationError("'--payload' is the body of one request, without '--each'")
        }
        guard (payload == nil) == (prompt == nil) else {
            throw ValidationError("'--payload' and '--prompt' go together")
        }
        if dryRun, dataURI || payload != nil || output != nil || report != nil {
            throw ValidationError("'--dry-run' makes no image to write")
        }
        _ = try constraints.constraints()
        _ = try preparation.options()
    }

    func run() async throws {
        let preparer = ImagePreparer(
            constraints: try constraints.constraints(default: payload?.rawValue ?? "seedream-4"),
            options: try preparation.options())
        let job = PrepJob(command: self, preparer: preparer)
        try await Interruption.cancelling { try await job.run() }
    }
}
