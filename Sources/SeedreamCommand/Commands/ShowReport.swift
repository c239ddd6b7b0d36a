import ArgumentParser
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// `seedream report`: jobs of the ledger as one page.
struct ShowReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write one HTML page that shows jobs or runs with their images before and after.",
        discussion: """
            The page is one file that needs no script and fetches nothing: thumbnails are in it, and a click on one opens the image by its \
            path relative to the page. Failed and unknown rows come first. Of more than \(Report.maximumRows) others, the first \
            \(Report.maximumRows) are shown. The page holds prompts and paths; only you may read it.

            Examples:
              seedream report
              seedream report --since 2026-11-28 -o today.html
              seedream report 9c1f4e0a77b21d35 -o run.html
              seedream report 3f0c91aa 77be2d04 -o two.html --existing replace

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofLedger + [.interrupted]))
            """)

    @Argument(
        help: ArgumentHelp(
            "Ids of runs or jobs, or the providers' ids of requests (default: every job).", valueName: "id"))
    var ids: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("The page to write.", valueName: "file"))
    var output = "report.html"

    @Option(
        help: ArgumentHelp(
            "Only jobs that were recorded then or later, as 2026-11-28 or 2026-11-28T14:30:00Z, in UTC.",
            valueName: "time"))
    var since: Moment?

    @Option(help: "If there is a file of that name: refuse, or replace it.")
    var existing = ExistingReport.refuse

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func validate() throws {
        guard ids.isEmpty || since == nil else {
            throw ValidationError("'--since' chooses among all jobs; name runs or jobs, or leave it out")
        }
    }

    func run() async throws {
        #if Client
        try await Interruption.cancelling { try await write() }
        #else
        throw MissingTrait.client()
        #endif
    }

    #if Client
    private func write() async throws {
        try await ClientFailure.reported(client) {
            do throws(SaveError) {
                try Report.check(output, replacing: existing == .replace)
            } catch {
                throw PageOutput.explained(error)
            }
            var report = Report(title: "Seedream report")
            report.rows = try await rows()
            let written = try await report.write(to: output, replacing: existing == .replace)
            try Terminal.print("\(PageOutput.summary(written, output))")
        }
    }

    /// All jobs, the oldest first; or what is named, a run with all its rows.
    private func rows() async throws -> [ReportRow] {
        let setup = ClientSetup(client)
        let ledger = try setup.existingLedger(.reading)
        if ids.isEmpty {
            let jobs = try await ledger.jobs(in: nil, limit: nil)
            return jobs.filter { $0.created >= since?.seconds ?? 0 }.reversed().map { ReportRow($0) }
        }
        var rows: [ReportRow] = []
        for id in ids {
            guard let run = try await ledger.run(id) else {
                rows.append(ReportRow(try await setup.job(id, in: ledger)))
                continue
            }
            let jobs = try await ledger.jobs(ofRun: run.id)
            let byID = Dictionary(jobs.map { ($0.id, $0) }) { first, _ in first }
            for row in try await ledger.rows(of: run.id, after: 0, limit: nil) {
                rows.append(ReportRow(row, job: row.job.flatMap { byID[$0] }))
            }
        }
        return rows
    }
    #endif
}

/// What happens to a report that is there already.
enum ExistingReport: String, ExpressibleByArgument, CaseIterable {
    case refuse, replace
}
