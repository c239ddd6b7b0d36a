import ArgumentParser
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// `seedream report`: writes jobs in the ledger as one HTML page.
struct ShowReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write one HTML page that shows jobs or runs with their images before and after.",
        discussion: """
            The page is a single file that needs no script and fetches nothing: it contains \
            thumbnails, and a click on one opens the image by its path relative to the page. Failed \
            and unknown rows come first. Of the others, the first \(Report.maximumRows) are shown. \
            The page holds prompts and paths; only you may read it.

            Examples:
              seedream report
              seedream report --since 2026-11-28 -o today.html
              seedream report 9c1f4e0a77b21d35 -o run.html
              seedream report 3f0c91aa 77be2d04 -o two.html --existing replace

            Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp(
            "Run ids, job ids, or providers' request ids (default: all jobs).", valueName: "id"),
        completion: .runsAndJobs())
    var ids: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Page to write.", valueName: "file"),
        completion: .files("html"))
    var output = "report.html"

    @Option(
        help: ArgumentHelp(
            "Only jobs recorded at this time or later, such as 2026-11-28 or 2026-11-28T14:30+01:00; local without an offset.",
            valueName: "time"))
    var since: Moment?

    @Option(help: "What to do if the file exists.")
    var existing = ExistingReport.refuse

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var client: ClientArguments

    func validate() throws {
        guard ids.isEmpty || since == nil else {
            throw ValidationError("'--since' selects among all jobs; leave out either it or the ids")
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
                throw ReportPageText.withHint(error)
            }
            var report = Report(title: "Seedream report")
            report.rows = try await rows()
            let written = try await report.write(to: output, replacing: existing == .replace)
            if json { return try Terminal.print(JSON.document(PageReport(path: output, written))) }
            try Terminal.print("\(ReportPageText.summary(written, output))")
        }
    }

    /// Returns all jobs, the oldest first, or the named jobs and all rows of the named runs.
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

#if Client
/// The JSON document of `seedream report --json`, schema 1.
struct PageReport: Encodable {
    var schema = 1
    var path: String
    /// The number of rows on the page.
    var rows: Int
    /// The number of rows that the page has no room for.
    var leftOut: Int
    var bytes: Int

    init(path: String, _ written: Report.Written) {
        self.path = path
        (rows, leftOut, bytes) = (written.rows, written.leftOut, written.byteCount)
    }
}
#endif

/// The handling of a report that already exists.
enum ExistingReport: String, ExpressibleByArgument, CaseIterable {
    case refuse, replace
}
