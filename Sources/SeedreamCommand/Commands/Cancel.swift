import ArgumentParser
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// `seedream cancel`: asks the provider to cancel a job.
struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the provider to cancel a job. Only fal can, and only before the image is generated.",
        discussion: """
            Examples:
              seedream cancel 3f0c91aa

            Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first characters, or the provider's request id.", valueName: "id"),
        completion: .jobs([.submitting, .accepted, .unknown]))
    var id: String

    @Option(
        help: ArgumentHelp(
            "Base URL that the job was sent to, if not the provider's own; keys are sent nowhere else.",
            valueName: "url"))
    var baseURL: String?

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var client: ClientArguments

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client) {
            let setup = ClientSetup(client)
            let ledger = try setup.existingLedger()
            let job = try await setup.job(id, in: ledger)
            // A job that has ended needs no request to the provider.
            if job.state.isFinal, job.state != .unknown {
                Diagnostics().failure(
                    "\(job.id): it is already \(job.state.rawValue)",
                    hint: "there is nothing to cancel; \(Invocation.command("status", job)) shows it",
                    category: .request)
                throw ExitStatus.refusedByProvider.code
            }
            let outcome = try await ClientFailure.about(job) {
                try await setup.session(baseURL: baseURL, ledger).client(for: job).cancel(job)
            }
            let name = job.provider.displayName
            switch outcome {
            case .requested where json:
                var report = JobReport([try await ledger.job(job.id) ?? job])
                report.jobs[0].cancellation = outcome
                try Terminal.print(JSON.document(report))
            case .requested:
                try Terminal.print(
                    "\(job.id): \(name) was asked to cancel it; \(Invocation.command("status", job)) shows whether it did"
                )
            case .alreadyCompleted:
                Diagnostics().failure(
                    "\(job.id): the image is already generated",
                    hint: "\(Invocation.command("resume", job)) fetches it", category: .request,
                    code: outcome.rawValue)
                throw ExitStatus.refusedByProvider.code
            case .notFound:
                Diagnostics().failure(
                    "\(job.id): \(name) does not know the job",
                    hint: "\(Invocation.command("resume", job)) asks again", category: .request,
                    code: outcome.rawValue)
                throw ExitStatus.refusedByProvider.code
            case .notPossible:
                Diagnostics().failure(
                    "\(job.id): \(name) cannot cancel",
                    hint: "\(Invocation.command("resume", job)) waits for the result", category: .request,
                    code: outcome.rawValue)
                throw ExitStatus.refusedByProvider.code
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }
}
