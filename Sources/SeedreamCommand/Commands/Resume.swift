import ArgumentParser
import Platform
import SeedreamClient
import SeedreamKit

/// `seedream resume`: continues interrupted jobs and runs.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Continue interrupted jobs and runs. Nothing is bought twice.",
        discussion: """
            Without an id, continues every unfinished job that no other process works on: asks the \
            provider about it, fetches the result and saves it. With the id or the name of a run, \
            repeats its command, so that rows that were never started are sent as well. A job whose \
            process ended while sending it is listed as unknown: the provider may have received it.

            Examples:
              seedream resume
              seedream resume 3f0c91aa
              seedream resume 7422d3bb3aeada1b

            Exit codes: see `seedream help exit-codes`.
            """)

    @Argument(
        help: ArgumentHelp("Job ids or providers' request ids, or one run.", valueName: "id"),
        completion: .runsAndJobs([.submitting, .accepted, .finished, .unknown]))
    var ids: [String] = []

    @Option(help: ArgumentHelp("Number of jobs at once.", valueName: "n"))
    var parallel = 4

    @Option(
        help: ArgumentHelp(
            "Base URL that the jobs were sent to, if not the provider's own; keys are sent nowhere else.",
            valueName: "url"))
    var baseURL: String?

    @Flag(help: "Print one JSON document to stdout.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Progress on stderr; by default one changing line on a terminal, and lines elsewhere.",
            valueName: "form"))
    var progress = ProgressForm.auto

    @OptionGroup
    var client: ClientArguments

    func validate() throws {
        guard (1...40).contains(parallel) else {
            throw ValidationError("--parallel: expected 1 to 40, found \(parallel)")
        }
    }

    func run() async throws {
        #if Client
        if let run = try await RepeatedRun(of: self) { return try await run.run() }
        let command = self
        try await Interruption.cancelling { try await command.resume() }
        #else
        throw MissingTrait.client()
        #endif
    }
}

#if Client
extension Resume {
    private func resume() async throws {
        try await ClientFailure.reported(client, json: json) {
            let setup = ClientSetup(client)
            let ledger = try setup.existingLedger()
            let session = try setup.session(baseURL: baseURL, ledger)
            let jobs = ids.isEmpty ? try await session.openJobs() : try await named(setup, ledger)
            if jobs.isEmpty, !json { return Terminal.note("nothing to resume") }
            if jobs.count > 1, !json { Terminal.note("\(jobs.count) jobs to resume") }
            let progress = RequestProgress(
                rows: jobs.count, form: progress, showsLogs: client.advanced.verbose
            ) {
                jobs.count > 1 ? jobs[$0].inputs.first?.name : nil
            }
            let ticks = progress.ticking()
            defer { ticks.cancel() }
            var outcomes: [RowOutcome] = []
            try await session.resume(jobs, parallel: parallel, reportingTo: progress.reporter) {
                outcomes.append($0)
            }
            progress.clear()
            for outcome in outcomes where outcome.action == .elsewhere {
                Diagnostics().note("\(jobs[outcome.index].id): another process works on it")
            }
            let unknown = outcomes.filter { $0.action == .leftUnknown }.compactMap(\.job)
            for job in unknown {
                let error = job.error.map { ": \($0)" } ?? ""
                Diagnostics().failure(
                    "\(job.id): the outcome is unknown\(error)",
                    hint: Verdict(job.error ?? LedgerError.notFound(job.id), about: job).hint)
            }
            try JobOutput(form: json ? .json : .table, ledger: ledger, progress: progress)
                .finish(outcomes.map { JobOutput.Outcome($0, logs: progress.logs($0.index)) })
            if !unknown.isEmpty { throw ExitStatus.outcomeUnknown.code }
        }
    }

    /// Returns the named jobs, each once.
    private func named(_ setup: ClientSetup, _ ledger: any JobLedger) async throws -> [JobRecord] {
        var jobs: [JobRecord] = []
        for id in ids {
            let job = try await setup.job(id, in: ledger)
            if !jobs.contains(where: { $0.id == job.id }) { jobs.append(job) }
        }
        return jobs
    }
}

/// The command of a run, repeated in the folder where it was given. Saved rows are skipped, all
/// others continue.
struct RepeatedRun {
    private let command: any RunCommand
    private let words: [String]

    /// - Returns: `nil` unless `resume` was given exactly one id and it is that of a run.
    init?(of resume: Resume) async throws {
        var found: (command: any RunCommand, words: [String])?
        try await ClientFailure.reported(resume.client, json: resume.json) {
            guard resume.ids.count == 1, let id = resume.ids.first else { return }
            let ledger = try ClientSetup(resume.client).existingLedger()
            guard let run = try await ledger.run(id), try await Self.isUnambiguous(run, id, ledger) else {
                return
            }
            found = (try Self.command(of: run, resume), run.arguments ?? [])
        }
        guard let found else { return nil }
        (command, words) = found
    }

    /// Throws if an abbreviated id may also mean a job; otherwise returns `true`.
    private static func isUnambiguous(_ run: RunRecord, _ id: String, _ ledger: any JobLedger) async throws
        -> Bool
    {
        if run.id == id.lowercased() || run.identity.name == id { return true }
        guard try await ledger.job(id) == nil else { throw LedgerError.ambiguous(id, count: 2) }
        return true
    }

    /// Returns the text that names a ledger, as it is read in any folder.
    private static func absolute(_ ledger: String) -> String {
        if case .file(let path) = LedgerAddress(ledger) { PathText.absolute(path) } else { ledger }
    }

    private static func command(of run: RunRecord, _ resume: Resume) throws
        -> any RunCommand
    {
        guard let arguments = run.arguments, let folder = run.folder else {
            throw RequestError(
                field: "run", message: "\(run.id): its command line was not kept",
                hint: "repeat the command that began it")
        }
        let (ledger, keyFile) = (resume.client.advanced.ledger, resume.client.advanced.keyFile)
        let own = [ledger.map(Self.absolute), keyFile.map(PathText.absolute)]
        guard PathText.enter(folder) else {
            throw RequestError(
                field: "run", message: "\(folder): expected the folder where the run began, found none",
                hint: "repeat the command that began it")
        }
        let parsed = try? Seedream.parseAsRoot(
            RenamedOptions(RecordedCommandLine.separated(arguments).words).arguments)
        // Parsing has applied the options of the recorded command line to the terminal.
        resume.client.advanced.terminal.validate()
        guard var command = parsed as? any RunCommand, command.isRepeatable else {
            throw RequestError(
                field: "run", message: "\(run.id): expected a run of several rows, found a single request",
                hint: "`seedream resume` continues its job")
        }
        // A key is sent only to the provider's own address and to one named on this command line.
        if let recorded = command.provider.baseURL {
            let origin = URLParts(recorded)?.origin
            guard let origin, origin == resume.baseURL.flatMap({ URLParts($0)?.origin }) else {
                throw UntrustedAddressError(subject: "the run", address: recorded)
            }
        }
        if let path = own[0] { command.advanced.ledger = path }
        if let path = own[1] { command.advanced.keyFile = path }
        if resume.json { command.results.json = true }
        return command
    }

    func run() async throws {
        let (command, words) = (command, words)
        try await Interruption.cancelling {
            let models = RecordedCommandLine.separated(words).models
            try await ModelChoice.$configured.withValue(models) {
                try await RecordedCommandLine.$repeated.withValue(words) { try await command.send() }
            }
        }
    }
}
#endif
