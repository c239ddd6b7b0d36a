import ArgumentParser
import Platform
import SeedreamClient
import SeedreamModel

/// `seedream runs`: lists the runs in the ledger with their rows by state.
struct Runs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the runs in the ledger, the latest first.",
        discussion: """
            A run is what one command sends from the same sources to the same destination. Repeating \
            the command, or `seedream resume RUN`, continues with the open and waiting rows, and \
            buys nothing twice.

            Examples:
              seedream runs
              seedream runs --json --limit 0

            Exit codes: see `seedream help exit-codes`.
            """)

    @Option(help: ArgumentHelp("Most runs to list; 0: all.", valueName: "n"))
    var limit = 20

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var client: ClientArguments

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, found \(limit)") }
    }

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client) {
            let ledger = try ClientSetup(client).existingLedger(.reading)
            let runs = try await ledger.runs(limit: limit == 0 ? nil : limit)
            if json {
                try Terminal.print(JSON.document(RunReport(runs)))
            } else {
                for line in RunTable.lines(runs) { try Terminal.print(line) }
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }
}

/// Runs as a text table.
enum RunTable {
    static func lines(_ runs: [RunSummary]) -> [TerminalText] {
        guard !runs.isEmpty else { return ["no runs"] }
        var table = Table([
            Table.Column("run", least: 16), Table.Column("when", rank: 3), Table.Column("command", rank: 2),
            .number("rows", rank: 4), .number("saved"), .number("open"), .number("waiting"),
            .number("failed"), .number("unknown"), Table.Column("cost", rank: 5),
            Table.Column("to", least: 12, rank: 1),
        ])
        for summary in runs {
            func count(_ states: RowState...) -> String {
                "\(states.reduce(0) { $0 + (summary.rows[$1] ?? 0) })"
            }
            let cost = summary.cost.sorted { $0.key.rawValue < $1.key.rawValue }.filter { $0.value > 0 }
                .map { "\($0.value.formattedAmount) \($0.key.rawValue)" }.joined(separator: ", ")
            table.add([
                summary.run.identity.name ?? summary.run.id, LocalTime.text(summary.run.updated),
                summary.run.identity.command, "\(summary.rows.values.reduce(0, +))", count(.saved, .skipped),
                count(.submitting, .accepted, .finished), count(.waiting, .preparing),
                count(.failed, .cancelled), count(.unknown), cost.isEmpty ? "-" : cost,
                summary.run.identity.destination,
            ])
        }
        var lines = table.lines()
        lines[0] = Style(descriptor: 1).bold(lines[0])
        return lines
    }
}
