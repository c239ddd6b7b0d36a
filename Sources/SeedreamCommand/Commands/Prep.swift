import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// `seedream prep`: the main job.
struct Prep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make pictures valid for a request, and say what was done to each.",
        discussion: """
            INPUT is a file, - for standard input, or a data: URI; with --each also a folder, for the images in it, with -r \
            for those in its folders too. The format is told by the content. What is already valid goes out with its pixels untouched and its metadata removed. Everything \
            else is turned upright, scaled, converted to sRGB, flattened or encoded anew, and the reason is given.

            Of more inputs than one request takes, the last are used. One bad input never stops the others. `seedream edit` prepares in \
            the same way, and sends.

            Files are named by --name: {stem} is the input's own name, {index} its number, {row} the same without zeros, {position} \
            what "image 1" in a prompt means. Inputs of one folder that share a name have their extensions in it, as a-jpg and \
            a-png; what still has the name of another gets -2; names that differ in case or in the spelling of \
            accents only are the same. With --each, folders within a folder are mirrored. A file that is there is looked for before \
            the work.

            Examples:
              seedream prep photo.jpg cutout.png
              seedream prep *.jpg -o out --json
              seedream prep --each scans/ -o out --ndjson
              seedream prep --each -r scans/ -o out --existing skip
              find . -name '*.heic' -print0 | seedream prep --each --files-from - -0 -o out
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
        help: ArgumentHelp(
            "Folder to write to; a file, as cat.jpg, for one image; or - for one image to stdout.",
            valueName: "dir"))
    var output: String?

    @Option(
        help: ArgumentHelp("Write an HTML page that shows each image before and after.", valueName: "file"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Names of files, without extension: {stem}, {index}, {position} and {row} are filled in (default: {position}-{stem}; with --each {stem}).",
            valueName: "template"))
    var name: String?

    @Option(help: "Files that are there: refuse them, skip their inputs, or replace them (default: refuse).")
    var existing: ExistingFiles?

    @Flag(help: .hidden)
    var overwrite = false

    @Flag(help: "Every input is a request of its own: none is dropped. A folder stands for its images.")
    var each = false

    @OptionGroup
    var list: InputArguments

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
        guard !inputs.isEmpty || list.filesFrom != nil else {
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
        if output == "-", inputs.count != 1 || each || list.filesFrom != nil {
            throw ValidationError("'-o -' takes exactly one input")
        }
        if let url = inputs.first(where: {
            $0.lowercased().hasPrefix("http://") || $0.lowercased().hasPrefix("https://")
        }) {
            throw ValidationError("\(url): prep reads no URLs; `seedream edit --fetch --dry-run` does")
        }
        try list.validate(inputs, each: each)
        if payload != nil, each {
            throw ValidationError("'--payload' is the body of one request, without '--each'")
        }
        guard (payload == nil) == (prompt == nil) else {
            throw ValidationError("'--payload' and '--prompt' go together")
        }
        if dryRun, dataURI || payload != nil || output != nil || report != nil {
            throw ValidationError("'--dry-run' makes no image to write")
        }
        try validateFiles()
        _ = try constraints.constraints()
        _ = try preparation.options()
    }

    /// What is said of the files to write.
    private func validateFiles() throws {
        if overwrite, existing != nil {
            throw ValidationError("'--overwrite' is the old spelling of '--existing replace'; choose one")
        }
        if existing == .skip, dataURI || payload != nil || output == "-" {
            throw ValidationError("'--existing skip' leaves images out; it goes with '-o' and a folder")
        }
        guard let name else { return }
        guard let output, output != "-" else {
            throw ValidationError("'--name' names files; pass a folder with '-o'")
        }
        if OutputFolder.isFileName(output) {
            throw ValidationError(
                "'--name' names files in a folder, and '-o \(output)' is a file; choose one")
        }
        do {
            _ = try NameTemplate(name, knowing: NameTemplate.Placeholder.ofPreparation)
        } catch {
            throw ValidationError("--\(error); \(error.hint)")
        }
    }

    /// Whether files that are there are replaced.
    var replaces: Bool { overwrite || existing == .replace }

    /// How files are named; `nil` cannot be, as it is validated.
    var template: NameTemplate? {
        try? NameTemplate(
            name ?? (each ? "{stem}" : "{position}-{stem}"), knowing: NameTemplate.Placeholder.ofPreparation)
    }

    func run() async throws {
        if overwrite {
            Diagnostics().note(
                "`--overwrite` is spelled `--existing replace` now; the old spelling ends with the next release"
            )
        }
        let preparer = ImagePreparer(
            constraints: try constraints.constraints(default: payload?.rawValue ?? "seedream-4"),
            options: try preparation.options())
        let job = PrepJob(command: self, preparer: preparer)
        try await Interruption.cancelling { try await job.run() }
    }
}
