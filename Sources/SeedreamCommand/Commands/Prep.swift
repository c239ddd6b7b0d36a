import ArgumentParser
import ImagePreparation
import SeedreamClient
import SeedreamModel

/// `seedream prep`: prepares images for a request.
struct Prep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prepare images for a request, and report every change.",
        discussion: """
            INPUT is a file, - for standard input, or a data: URI; with --each also a folder, which \
            stands for the images in it, with -r also in its subfolders. The format is detected from \
            the content. Valid images keep their pixels and lose their metadata. All others are \
            rotated upright, scaled, converted to sRGB, flattened or re-encoded, and each change is \
            listed with its reason.

            If there are more inputs than one request takes, the last ones are used. One bad input \
            does not stop the others. `seedream edit` prepares images in the same way, and sends \
            them.

            --name sets the file names: {stem} is the name of the input, {index} its number, {row} \
            its number without leading zeros, and {position} the N of "image N" in a prompt. Inputs \
            of one folder that share a stem get their extensions added, such as a-jpg and a-png; a \
            name that is still taken gets -2. Names that differ only in case or in the encoding of \
            accents count as equal. With --each, subfolders are mirrored in the output. Existing \
            files are looked for before the work starts.

            Examples:
              seedream prep photo.jpg cutout.png
              seedream prep *.jpg -o out --json
              seedream prep --each scans/ -o out --ndjson
              seedream prep --each -r scans/ -o out --existing skip
              find . -name '*.heic' -print0 | seedream prep --each --files-from - -0 -o out
              cat photo.jpg | seedream prep - --data-uri
              seedream prep photo.jpg --payload fal --prompt "make it night" >body.json
              seedream prep --each scans/ -o out --report out.html
              seedream prep banner.png --fit pad --background black -o out

            More options: `seedream prep --help-hidden`. Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp("Files, - for standard input, data: URIs.", valueName: "input"),
        completion: .images)
    var inputs: [String] = []

    @OptionGroup(title: "Input")
    var separation: EachArguments

    @OptionGroup(title: "Input")
    var list: InputArguments

    @OptionGroup(title: "Input")
    var part: ShardArguments

    @OptionGroup(title: "Output")
    var output: PrepOutputArguments

    @OptionGroup(title: "Preparation")
    var images: ImageArguments

    @OptionGroup(title: "Preparation")
    var preparation: PreparationArguments

    @OptionGroup(title: "Constraints")
    var constraints: ConstraintArguments

    @OptionGroup(title: "Constraints")
    var target: TargetArguments

    @OptionGroup(title: "Advanced")
    var terminal: TerminalArguments

    /// Whether each input is a separate request.
    var each: Bool { separation.each }

    func validate() throws {
        guard !inputs.isEmpty || list.filesFrom != nil else {
            throw ValidationError("no input given; name a file, or - for standard input")
        }
        if output.path == "-", inputs.count != 1 || each || list.filesFrom != nil {
            throw ValidationError("'-o -' takes exactly one input")
        }
        if let url = inputs.first(where: {
            $0.lowercased().hasPrefix("http://") || $0.lowercased().hasPrefix("https://")
        }) {
            throw ValidationError("\(url): prep reads no URLs; `seedream edit --fetch --dry-run` does")
        }
        try list.validate(inputs, each: each)
        if try part.shard() != nil, !each { throw ValidationError("'--shard' needs '--each'") }
        if output.payload != nil, each {
            throw ValidationError("'--payload' is the body of one request; leave out '--each'")
        }
        _ = try preparation.options(images)
    }

    /// Whether existing files are replaced.
    var replaces: Bool { output.existing == .replace }

    /// The template of file names; not `nil` after validation.
    var template: NameTemplate? {
        try? NameTemplate(
            output.name ?? (each ? "{stem}" : "{position}-{stem}"),
            knowing: NameTemplate.Placeholder.ofPreparation)
    }

    func run() async throws {
        let preparer = ImagePreparer(
            constraints: try constraints.constraints(
                default: output.payload?.rawValue ?? "seedream-4", model: target.model, fit: images.fit),
            options: try preparation.options(images))
        let job = PrepJob(command: self, preparer: preparer)
        try await Interruption.cancelling { try await job.run() }
    }
}

/// The model that images are prepared for.
struct TargetArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The model to prepare for, such as 5.0-pro; without --profile, as Ark sells it (default: Seedream 4).",
            valueName: "model"),
        completion: .models)
    var model: String?
}

/// The files that `seedream prep` writes, and its output on stdout.
struct PrepOutputArguments: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "Folder to write to; for one image also a file such as cat.jpg, or - for stdout.",
            valueName: "dir"),
        completion: .folders)
    var path: String?

    @Option(
        help: ArgumentHelp(
            "File names, without extension, from {stem}, {index}, {position} and {row} (default: {position}-{stem}; with --each {stem}).",
            valueName: "template"))
    var name: String?

    @Option(help: "Treatment of files that exist; checked before the work starts.")
    var existing = ExistingFiles.refuse

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Flag(help: "Print one JSON record per line to stdout.")
    var ndjson = false

    @Flag(name: .customLong("data-uri"), help: "Print one data URI per line to stdout.")
    var dataURI = false

    @Flag(help: "Plan from headers only: decode nothing, write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Write an HTML page that shows each image before and after.", valueName: "file"),
        completion: .files("html"))
    var report: String?

    @Option(
        help: ArgumentHelp("Print the exact request body for a provider to stdout.", valueName: "provider"))
    var payload: ProviderID?

    @Option(help: ArgumentHelp("With --payload: the prompt.", valueName: "text"))
    var prompt: String?

    func validate() throws {
        let modes = [
            (json, "--json"), (ndjson, "--ndjson"), (dataURI, "--data-uri"), (payload != nil, "--payload"),
            (path == "-", "-o -"),
        ]
        .filter(\.0).map(\.1)
        guard modes.count <= 1 else {
            throw ValidationError("'\(modes[0])' and '\(modes[1])' both write to stdout; choose one")
        }
        guard (payload == nil) == (prompt == nil) else {
            throw ValidationError("'--payload' and '--prompt' go together")
        }
        if dryRun, dataURI || payload != nil || path != nil || report != nil {
            throw ValidationError(
                "'--dry-run' writes no image; leave out '-o', '--report', '--data-uri' and '--payload'")
        }
        try validateFiles()
    }

    /// Checks the options about files to write.
    private func validateFiles() throws {
        if existing == .skip, dataURI || payload != nil || path == "-" {
            throw ValidationError("'--existing skip' needs a folder with '-o'")
        }
        guard let name else { return }
        guard let path, path != "-" else {
            throw ValidationError("'--name' names files; pass a folder with '-o'")
        }
        if OutputFolder.isFileName(path) {
            throw ValidationError(
                "'--name' names files in a folder, and '-o \(path)' is a file; choose one")
        }
        do {
            _ = try NameTemplate(name, knowing: NameTemplate.Placeholder.ofPreparation)
        } catch {
            throw ValidationError("--\(error); \(error.hint)")
        }
    }
}
