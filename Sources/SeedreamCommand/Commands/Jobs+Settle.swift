import ArgumentParser
import SeedreamClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Jobs {
    /// `seedream jobs settle`: what a look at the account has shown of a job of unknown outcome.
    struct Settle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the account at the provider shows of a job of unknown outcome.",
            discussion: """
                After `not-bought` its row waits, and the next start of its run sends it. After `bought` it is never sent again by itself.

                Examples:
                  seedream jobs settle 3f0c91aa not-bought

                Exit codes:
                \(ExitStatus.table(ExitStatus.ofLedger))
                """)

        @Argument(help: ArgumentHelp("The id of a job, or its first letters.", valueName: "id"))
        var id: String

        @Argument(help: "bought, or not-bought.")
        var outcome: JobRecord.Settlement

        @OptionGroup(title: "Client")
        var client: ClientArguments

        func run() async throws {
            #if Client
            try await ClientFailure.reported(client) {
                let setup = ClientSetup(client)
                let ledger = try setup.existingLedger()
                let job = try await setup.job(id, in: ledger)
                do {
                    _ = try await ledger.settle(job.id, as: outcome)
                } catch LedgerError.forbiddenTransition {
                    Diagnostics().failure(
                        "\(job.id): expected a job of unknown outcome, found one that is \(job.state.rawValue)",
                        hint: "\(Invocation.command("status", job)) shows it")
                    throw ExitStatus.usage.code
                }
                let way = outcome == .notBought && job.row != nil ? "; its row waits to be sent" : ""
                try Terminal.print("\(job.id): settled as \(outcome.rawValue)\(way)")
            }
            #else
            throw Unbuilt.client()
            #endif
        }
    }

    /// `seedream jobs prune`: forgets what tells of a person.
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget prompts, paths and URLs of jobs that ended before a day.",
            discussion: """
                Keys, digests, states and costs stay, so that nothing is bought twice. Jobs that are open or unknown are left alone. The \
                images themselves, and the .json beside each, are not touched.

                Examples:
                  seedream jobs prune --before 2026-11-01

                Exit codes:
                \(ExitStatus.table(ExitStatus.ofLedger))
                """)

        @Option(help: ArgumentHelp("A day, in UTC, as 2026-11-01.", valueName: "day"))
        var before: String

        @OptionGroup(title: "Client")
        var client: ClientArguments

        /// The beginning of the day, in seconds since 1970.
        private var time: Double? {
            let style = Date.ISO8601FormatStyle().year().month().day()
            guard before.utf8.count == 10 else { return nil }
            return try? style.parse(before).timeIntervalSince1970
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
                try Terminal.print("\(count) \(count == 1 ? "job" : "jobs") pruned")
            }
            #else
            throw Unbuilt.client()
            #endif
        }
    }
}
