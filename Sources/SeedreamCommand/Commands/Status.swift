import ArgumentParser
import SeedreamClient
import SeedreamKit

/// `seedream status`: asks the host about a job.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask how a job is. Changes nothing.",
        discussion: """
            With --provider, also of a request that the ledger does not know, by the host's id of it.

            Examples:
              seedream status 3f0c91aa
              seedream status 764cabcf-b745-4b3e-ae38-1200304cf45b --provider fal

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first letters, or the host's id of the request.", valueName: "id"))
    var id: String

    @OptionGroup
    var asked: JobArguments

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client, json: json) {
            let setup = ClientSetup(client)
            let ledger: any JobLedger =
                asked.provider == nil ? try setup.existingLedger(.reading) : try setup.ledger()
            let job: JobRecord
            if let known = try await ledger.job(id) {
                job = known
            } else if let provider = asked.provider {
                job = try setup.session(provider, baseURL: asked.baseURL, ledger).client
                    .unrecordedJob(requestID: id, model: asked.model)
            } else {
                throw LedgerError.notFound(id)
            }
            var answer: JobStatus?
            // A job whose id at the provider is known can be asked about, whatever was made of an
            // earlier answer.
            if [.accepted, .unknown].contains(job.state), job.ticket != nil {
                answer = try await ClientFailure.about(job) {
                    try await setup.session(baseURL: asked.baseURL, ledger).client(for: job).status(of: job)
                }
            }
            if json {
                try Terminal.print(JSON.document(JobReport([job], host: answer)))
            } else {
                for line in JobTable.description(of: job, host: answer) { try Terminal.print(line) }
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }
}
