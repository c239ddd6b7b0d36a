import ArgumentParser
import SeedreamClient

/// `seedream runs`: the runs of the ledger, and how many of their rows stand where.
struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the runs of the ledger, the last first.",
        discussion: """
            A run is what one command sends from one place to one place. Repeating the command, or `seedream resume RUN`, goes on \
            with what is open or waiting, and buys nothing twice.

            Examples:
              seedream runs
              seedream runs --json --limit 0

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofLedger))
            """)

    @Option(help: ArgumentHelp("The most runs; 0: all.", valueName: "n"))
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
            let runs = try await ledger.runs(limit: limit == 0 ? nil : limit)
            if json {
                try Terminal.print(JSON.document(RunReport(runs)))
            } else {
                for line in RunTable.lines(runs) { try Terminal.print(line) }
            }
        }
        #else
        throw Unbuilt.client()
        #endif
    }
}
