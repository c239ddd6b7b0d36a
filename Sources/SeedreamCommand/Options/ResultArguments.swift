import ArgumentParser
import SeedreamClient

/// The destination, the cost limit and the output of a request.
struct ResultArguments: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Folder for the results, created if missing; for one result also a file such as cat.jpg, or - for stdout.",
            valueName: "dir"))
    var output = "."

    @Option(
        help: ArgumentHelp(
            "File names of results, without extension, from {stem}, {index}, {position}, {row}, {id}, {seed} and {request}. Nothing is overwritten.",
            valueName: "template"))
    var name = Destination.defaultTemplate

    @Option(
        help: ArgumentHelp(
            "Spending limit of this run, such as 0.50 (US dollars) or 30credits; nothing is sent if the worst case exceeds it.",
            valueName: "amount"))
    var budget: Money?

    @Option(
        help: ArgumentHelp(
            "Price of one image, instead of the one in `seedream providers`.", valueName: "amount"))
    var price: Money?

    @Flag(
        help:
            "Show the whole request, its cost and the changes to each image; send nothing, read no key."
    )
    var dryRun = false

    @Flag(help: "Do not wait for the result; `seedream resume` fetches it later.")
    var noWait = false

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Option(
        help:
            "Progress on stderr: one changing line on a terminal and plain lines elsewhere (auto), plain lines, or none."
    )
    var progress = ProgressForm.auto

    func validate() throws {
        guard let template = try? NameTemplate(name), template.usesOldWord else { return }
        Diagnostics().note("`{source}` is now spelled `{stem}`; the old spelling ends with the next release")
    }

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
