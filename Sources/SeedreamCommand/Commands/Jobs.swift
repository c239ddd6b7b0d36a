import ArgumentParser
import Platform
import SeedreamClient
import SeedreamModel

/// `seedream jobs`: lists the jobs in the ledger.
struct Jobs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the jobs in the ledger, the newest first.",
        discussion: """
            Examples:
              seedream jobs
              seedream jobs --state unknown --json
              seedream jobs --since 2026-11-28 --limit 0

            Exit codes: see `seedream help exit-codes`.
            """,
        subcommands: [Settle.self, Prune.self])

    @Option(
        help: ArgumentHelp(
            "Only jobs in this state. May be repeated.",
            valueName: "state"))
    var state: [JobState] = []

    @Option(
        name: .customLong("run"), help: ArgumentHelp("Only jobs of this run.", valueName: "run"),
        completion: .runs)
    var ofRun: String?

    @Option(name: .shortAndLong, help: "Only jobs of this provider.")
    var provider: ProviderID?

    @Option(
        help: ArgumentHelp(
            "Only jobs recorded at this time or later, such as 2026-11-28 or 2026-11-28T14:30+01:00; local without an offset.",
            valueName: "time"))
    var since: Moment?

    @Option(help: ArgumentHelp("Most jobs to list; 0: all.", valueName: "n"))
    var limit = 20

    @OptionGroup
    var output: DocumentArguments

    @OptionGroup
    var client: ClientArguments

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit: expected 0 or more, found \(limit)") }
    }

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client, json: output.json) {
            let ledger = try ClientSetup(client).existingLedger(.reading)
            let jobs = try await jobs(ledger)
            if output.json {
                try Terminal.print(JSON.document(JobReport(jobs)))
            } else {
                for line in JobTable.lines(jobs) { try Terminal.print(line) }
                if let cost = JobTable.worstCost(of: jobs) {
                    try Terminal.print(""); try Terminal.print(cost)
                }
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }

    #if Client
    private func jobs(_ ledger: any JobLedger) async throws -> [JobRecord] {
        let most = limit == 0 ? nil : limit
        let states = state.isEmpty ? nil : Set(state)
        let since = since?.seconds ?? 0
        guard ofRun != nil || provider != nil else {
            // Jobs come newest first, so the limit keeps the newest.
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

extension Jobs {
    /// `seedream jobs settle`: records what the account shows about a job of unknown outcome.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record what the account at the provider shows about a job of unknown outcome.",
            discussion: """
                After `not-bought` the row of the job waits, and the next start of its run sends it. After \
                `bought` it is never sent again automatically.

                Examples:
                  seedream jobs settle 3f0c91aa not-bought

                Exit codes: see `seedream help exit-codes`.
                """)

        @Argument(
            help: ArgumentHelp("The id of a job, or its first characters.", valueName: "id"),
            completion: .jobs([.unknown, .submitting]))
        var id: String

        @Argument(help: "The outcome that the account shows.")
        var outcome: JobRecord.Settlement

        @OptionGroup
        var output: DocumentArguments

        @OptionGroup
        var client: ClientArguments

        func run() async throws {
            #if Client
            try await ClientFailure.reported(client) {
                let setup = ClientSetup(client)
                let ledger = try setup.existingLedger()
                let job = try await setup.job(id, in: ledger)
                let settled: JobRecord
                do {
                    settled = try await ledger.settle(job.id, as: outcome)
                } catch LedgerError.forbiddenTransition {
                    Diagnostics().failure(
                        "\(job.id): expected a job of unknown outcome, found one that is \(job.state.rawValue)",
                        hint: "\(Invocation.command("status", job)) shows it", category: .request)
                    throw ExitStatus.usage.code
                }
                if output.json { return try Terminal.print(JSON.document(JobReport([settled]))) }
                let way = outcome == .notBought && job.row != nil ? "; its row waits to be sent" : ""
                try Terminal.print("\(job.id): settled as \(outcome.rawValue)\(way)")
            }
            #else
            throw MissingTrait.client()
            #endif
        }
    }

    /// `seedream jobs prune`: removes personal data from the ledger.
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the prompts, paths and URLs of jobs that ended before a day.",
            discussion: """
                Keys, digests, states and costs stay, so that nothing is bought twice. Open and \
                unknown jobs stay unchanged. The images and the .json files next to them are not touched.

                Examples:
                  seedream jobs prune --before 2026-11-01

                Exit codes: see `seedream help exit-codes`.
                """)

        @Option(help: ArgumentHelp("The local day, such as 2026-11-01.", valueName: "day"))
        var before: String

        @OptionGroup
        var output: DocumentArguments

        @OptionGroup
        var client: ClientArguments

        /// The start of the day in seconds since 1970.
        private var time: Double? {
            before.utf8.count == 10 ? LocalTime.seconds(before) : nil
        }

        func validate() throws {
            guard time != nil else {
                throw ValidationError("--before: expected a day as 2026-11-01, found \(before)")
            }
        }

        func run() async throws {
            #if Client
            try await ClientFailure.reported(client) {
                let ledger = try ClientSetup(client).existingLedger()
                let count = try await ledger.prune(before: time ?? 0)
                if output.json { return try Terminal.print(JSON.document(PruneReport(jobs: count))) }
                try Terminal.print("\(count) \(count == 1 ? "job" : "jobs") pruned")
            }
            #else
            throw MissingTrait.client()
            #endif
        }
    }
}

/// The JSON document of `seedream jobs prune --json`, schema 1.
struct PruneReport: Encodable {
    var schema = 1
    /// The number of jobs whose prompts, paths and URLs were removed.
    var jobs: Int
}
