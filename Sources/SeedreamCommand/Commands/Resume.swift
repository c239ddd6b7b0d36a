import ArgumentParser

/// `seedream resume`: goes on with what was interrupted.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with jobs and runs that were interrupted. Nothing is ever bought again.",
        discussion: """
            Without an id, every job that is not done and that no other process works on: it is asked about, fetched and saved. With the \
            id or the name of a run, its command is repeated: rows that were never begun are sent as well. A job that was being sent when its process \
            ended is listed as unknown: the host may have it, and nothing here can tell.

            Examples:
              seedream resume
              seedream resume 3f0c91aa
              seedream resume 7422d3bb3aeada1b

            Exit codes:
            \(ExitStatus.table(ExitStatus.ofRequests))
            """)

    @Argument(help: ArgumentHelp("Ids of jobs, or the hosts' ids of requests; or one run.", valueName: "id"))
    var ids: [String] = []

    @Option(help: ArgumentHelp("Jobs at once.", valueName: "n"))
    var parallel = 4

    @Option(
        help: ArgumentHelp(
            "The base URL that the jobs were sent to, if not the provider's own. A key goes nowhere else.",
            valueName: "url"))
    var baseURL: String?

    @Flag(help: "One JSON document on stdout.")
    var json = false

    @OptionGroup(title: "Client")
    var client: ClientArguments

    func validate() throws {
        guard (1...40).contains(parallel) else {
            throw ValidationError("--parallel: expected 1 to 40, found \(parallel)")
        }
    }

    func run() async throws {
        #if Client
        if let run = try await RepeatedRun(of: self) { return try await run.run() }
        let job = ResumeRun(command: self)
        try await Interruption.cancelling { try await job.run() }
        #else
        throw Unbuilt.client()
        #endif
    }
}
