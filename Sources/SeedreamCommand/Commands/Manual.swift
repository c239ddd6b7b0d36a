import ArgumentParser
import Platform
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `seedream manual`: writes the pages of the manual, for packages and `make manual`.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the pages of the manual to a folder.",
        discussion: """
            The pages have the date of SOURCE_DATE_EPOCH, in seconds since 1970; without it, none.

            Examples:
              seedream manual man1
            """,
        shouldDisplay: false)

    @Argument(help: ArgumentHelp("An existing folder.", valueName: "dir"), completion: .directory)
    var folder: String

    @OptionGroup
    var terminal: TerminalArguments

    func run() throws {
        let pages = ManualPage.all(
            of: try CommandDescription.of(Seedream.self), version: SeedreamVersion.current, date: Self.date)
        for page in pages {
            do throws(FileError) {
                try AtomicFile.write(
                    Array(page.text.utf8), to: "\(folder)/\(page.fileName)", overwriting: true)
            } catch {
                Diagnostics().failure(error.description, hint: error.hint)
                throw ExitStatus.outputFailed.code
            }
        }
    }

    /// The day of SOURCE_DATE_EPOCH in UTC; empty without the variable.
    ///
    /// - SeeAlso: https://reproducible-builds.org/specs/source-date-epoch/
    private static var date: String {
        guard let seconds = PathText.variable("SOURCE_DATE_EPOCH").flatMap(Double.init) else { return "" }
        let style = Date.ISO8601FormatStyle().year().month().day()
        return Date(timeIntervalSince1970: seconds).formatted(style)
    }
}
