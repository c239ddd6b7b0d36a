import ArgumentParser
import SeedreamClient

/// `seedream jobs`: what the ledger knows.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the jobs of the ledger, the newest first.",
        discussion: """
            Examples:
              seedream jobs
              seedream jobs --state unknown --json

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofLedger))
            """)

    @Option(
        help: ArgumentHelp(
            "Only those in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
            valueName: "state"))
    var state: [JobState] = []

    @Option(help: ArgumentHelp("The most jobs; 0: all.", valueName: "n"))
    var limit = 20

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, found \(limit)") }
    }

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client, json: json) {
            let ledger = try ClientSetup(client).existingLedger(.reading)
            let jobs = try await ledger.jobs(
                in: state.isEmpty ? nil : Set(state), limit: limit == 0 ? nil : limit)
            if json {
                try Terminal.print(JSON.document(JobReport(jobs)))
            } else {
                for line in JobTable.lines(jobs) { try Terminal.print(line) }
            }
        }
        #else
        throw Unbuilt.client()
        #endif
    }
}
