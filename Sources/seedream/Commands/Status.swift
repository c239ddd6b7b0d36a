import ArgumentParser
import SeedreamClient

/// `seedream status`: asks the host about a job.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask how a job is. Changes nothing.",
        discussion: """
            Examples:
              seedream status 3f0c91aa

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(
        help: ArgumentHelp(
            "The id of a job, its first letters, or the host's id of the request.", valueName: "id"))
    var id: String

    @Option(
        help: ArgumentHelp(
            "The base URL that the job was sent to, if not the provider's own. A key goes nowhere else.",
            valueName: "url"))
    var baseURL: String?

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func run() async throws {
        #if Client
        try await ClientFailure.reported(client, json: json) {
            let setup = ClientSetup(client)
            let ledger = try setup.existingLedger(.reading)
            let job = try await setup.job(id, in: ledger)
            var answer: JobStatus?
            // A job whose id at the provider is known can be asked about, whatever was made of an earlier answer.
            if [.accepted, .unknown].contains(job.state), job.ticket != nil {
                answer = try await ClientFailure.about(job) {
                    try await setup.client(for: job, baseURL: baseURL, ledger).status(of: job)
                }
            }
            if json {
                try Terminal.print(JSON.document(JobReport([job], host: answer)))
            } else {
                for line in JobTable.description(of: job, host: answer) { try Terminal.print(line) }
            }
        }
        #else
        throw Unbuilt.client()
        #endif
    }
}
