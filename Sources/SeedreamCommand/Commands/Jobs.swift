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
              seedream jobs --since 2026-11-28 --limit 0

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofLedger))
            """,
        subcommands: [Settle.self, Prune.self])

    @Option(
        help: ArgumentHelp(
            "Only those in this state: \(JobState.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
            valueName: "state"))
    var state: [JobState] = []

    @Option(name: .customLong("run"), help: ArgumentHelp("Only those of this run.", valueName: "run"))
    var ofRun: String?

    @Option(name: .shortAndLong, help: "Only those of this provider.")
    var provider: ProviderID?

    @Option(
        help: ArgumentHelp(
            "Only those that were recorded then or later, as 2026-11-28 or 2026-11-28T14:30:00Z, in UTC.",
            valueName: "time"))
    var since: Moment?

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
            let jobs = try await jobs(ledger)
            if json {
                try Terminal.print(JSON.document(JobReport(jobs)))
            } else {
                for line in JobTable.lines(jobs) { try Terminal.print(line) }
                if let cost = JobTable.worstCost(of: jobs) {
                    try Terminal.print(""); try Terminal.print(cost)
                }
            }
        }
        #else
        throw Unbuilt.client()
        #endif
    }

    #if Client
    private func jobs(_ ledger: any JobLedger) async throws -> [JobRecord] {
        let most = limit == 0 ? nil : limit
        let states = state.isEmpty ? nil : Set(state)
        let since = since?.seconds ?? 0
        guard ofRun != nil || provider != nil else {
            // The newest come first, so that the limit keeps what is asked for.
            return try await ledger.jobs(in: states, limit: most).filter { $0.created >= since }
        }
        var all: [JobRecord]
        if let ofRun {
            guard let run = try await ledger.run(ofRun) else { throw LedgerError.notFound(ofRun) }
            all = try await ledger.jobs(ofRun: run.id).filter { states?.contains($0.state) ?? true }
        } else {
            all = try await ledger.jobs(in: states, limit: nil)
        }
        all = all.filter { $0.created >= since && (provider == nil || $0.provider == provider) }
        return Array(all.prefix(most ?? .max))
    }
    #endif
}
