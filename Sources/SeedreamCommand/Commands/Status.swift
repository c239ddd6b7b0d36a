import ArgumentParser
import SeedreamClient
import SeedreamKit

/// `seedream status`: shows the provider's status of a job.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the provider's status of a job. Changes nothing.",
        discussion: """
            With --provider, ID may be the request id of a request that is not in the ledger.

            Examples:
              seedream status 3f0c91aa
              seedream status 764cabcf-b745-4b3e-ae38-1200304cf45b --provider fal

            Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first characters, or the provider's request id.", valueName: "id"),
        completion: .jobs())
    var id: String

    @OptionGroup
    var unrecorded: JobArguments

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @OptionGroup
    var client: ClientArguments

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client, json: json) {
            let setup = ClientSetup(client)
            let ledger: any JobLedger =
                unrecorded.provider == nil ? try setup.existingLedger(.reading) : try setup.ledger()
            let job: JobRecord
            if let known = try await ledger.job(id) {
                job = known
            } else if let provider = unrecorded.provider {
                job = try setup.session(provider, baseURL: unrecorded.baseURL, ledger).client
                    .unrecordedJob(requestID: id, model: unrecorded.model)
            } else {
                throw LedgerError.notFound(id)
            }
            var answer: JobStatus?
            // A job with a request id can be asked about, no matter how an earlier reply was
            // understood.
            if [.accepted, .unknown].contains(job.state), job.ticket != nil {
                answer = try await ClientFailure.about(job) {
                    try await setup.session(baseURL: unrecorded.baseURL, ledger).client(for: job).status(
                        of: job)
                }
            }
            if json {
                try Terminal.print(JSON.document(JobReport([job], status: answer)))
            } else {
                for line in JobTable.description(of: job, status: answer) { try Terminal.print(line) }
            }
        }
        #else
        throw MissingTrait.client()
        #endif
    }
}
