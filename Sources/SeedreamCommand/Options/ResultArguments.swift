import ArgumentParser
import SeedreamClient
import SeedreamModel

/// The spending limit of a request, and its cost without sending it.
struct CostArguments: ParsableArguments {
    @Flag(help: "Show the request and its cost; send nothing, read no key.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Send nothing if the worst case costs more, such as 0.50 (US dollars) or 30credits.",
            valueName: "amount"))
    var budget: Money?

    @Option(
        help: ArgumentHelp(
            "Price of one image, instead of the rule in `seedream models`.", valueName: "amount",
            visibility: .rare))
    var price: Money?
}

/// The output of a run on stdout.
struct StreamArguments: ParsableArguments {
    @Flag(help: "Print a JSON line to stdout for each row as soon as it ends.")
    var ndjson = false
}

/// The destination and the output of a request.
struct ResultArguments: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Folder or, for one result, file; - for stdout.", valueName: "dir"),
        completion: .folders)
    var place = ConfigurableValue(BuiltInValues.output)

    @Option(
        help: ArgumentHelp(
            "File names from {stem}, {index}, {position}, {row}, {id}, {seed} and {request}.",
            valueName: "template"))
    var name = Destination.defaultTemplate

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Flag(help: "Do not wait; `seedream resume` fetches the result later.")
    var noWait = false

    @Option(
        help: ArgumentHelp(
            "Progress on stderr; by default one changing line on a terminal, and lines elsewhere.",
            valueName: "form", visibility: .rare))
    var progress = ProgressForm.auto

    func validate() throws {
        guard let template = try? NameTemplate(name), template.usesOldWord else { return }
        Diagnostics().note("{source} is now {stem}; the old name works until the next release")
    }

    /// The folder or file for results, or `-` for standard output.
    var output: String { place.value }

    /// Whether `-o` names a file for the one result.
    var namesFile: Bool { OutputFolder.isFileName(output) }

    /// Checks that only one result can come if the output is a file or standard output.
    ///
    /// - Parameters:
    ///   - outputs: The largest number of results.
    ///   - isRun: Whether there are several requests.
    func validate(outputs: Int, isRun: Bool) throws {
        guard output == "-" || namesFile else { return }
        if isRun || outputs > 1 {
            let found = isRun ? "one for each row" : "up to \(outputs)"
            throw ValidationError("-o \(output): expected one result, found \(found); name a folder")
        }
        if name != Destination.defaultTemplate {
            throw ValidationError(
                "-o \(output): '--name' is for results in a folder; leave one of the two out")
        }
        if output == "-", json || noWait {
            throw ValidationError("'-o -' writes the image to stdout; leave out '--json' and '--no-wait'")
        }
    }
}
