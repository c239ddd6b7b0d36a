import ArgumentParser
import SeedreamClient

/// Where results go, what they may cost, and how the outcome is shown.
struct ResultArguments: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Folder for the results, made if it is not there; for one result a file, as cat.jpg, or - for stdout.",
            valueName: "dir"))
    var output = "."

    @Option(
        help: ArgumentHelp(
            "Names of results, without extension: {stem}, {index}, {position}, {row}, {id}, {seed} and {request} are filled in. Nothing is overwritten.",
            valueName: "template"))
    var name = Destination.defaultTemplate

    @Option(
        help: ArgumentHelp(
            "The most that this run may cost, as 0.50 (US dollars) or 30credits; nothing is sent if the worst case is more.",
            valueName: "amount"))
    var budget: Money?

    @Option(help: ArgumentHelp("What one picture costs, where the table is not right.", valueName: "amount"))
    var price: Money?

    @Flag(
        help:
            "Show the whole request, what it would cost and what is done to the pictures; send nothing, read no key."
    )
    var dryRun = false

    @Flag(help: "Do not wait for the result; `seedream resume` fetches it.")
    var noWait = false

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @Option(help: "How far it is: a line that changes on a terminal and lines elsewhere, lines, or nothing.")
    var progress = ProgressForm.auto

    func validate() throws {
        guard let template = try? NameTemplate(name), template.usesOldWord else { return }
        Diagnostics().note("`{source}` is spelled `{stem}` now; the old spelling ends with the next release")
    }

    /// Whether the one result has a name of its own.
    var namesFile: Bool { OutputFolder.isFileName(output) }

    /// Checks that what is asked for is one result, where the output is a file or standard output.
    ///
    /// - Parameters:
    ///   - outputs: The most results that may come.
    ///   - isRun: Whether there are several requests.
    func validate(outputs: Int, isRun: Bool) throws {
        guard output == "-" || namesFile else { return }
        if isRun || outputs > 1 {
            let found = isRun ? "a request for each" : "up to \(outputs)"
            throw ValidationError("-o \(output): expected one result, found \(found); name a folder")
        }
        if name != Destination.defaultTemplate {
            throw ValidationError("-o \(output): '--name' is for results in a folder")
        }
        if output == "-", json || noWait {
            throw ValidationError("'-o -' writes the image to stdout, without '--json' and '--no-wait'")
        }
    }
}
