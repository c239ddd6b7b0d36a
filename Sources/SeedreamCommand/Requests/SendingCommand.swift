#if Client
import ArgumentParser
import Platform
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// The options of a command that sends requests, and the session and destination built from them.
protocol SendingCommand {
    var request: RequestArguments { get }
    var provider: ProviderArguments { get set }
    var results: ResultArguments { get set }
    var cost: CostArguments { get set }
    var network: NetworkArguments { get }
    var advanced: AdvancedArguments { get set }
    /// Replaces the values of options that were not given by configured ones.
    mutating func configure(by settings: Settings) -> AppliedSettings
}

extension SendingCommand {
    /// The options for connection, keys and ledger.
    var client: ClientArguments { ClientArguments(network, advanced) }

    mutating func configure(by settings: Settings) -> AppliedSettings {
        var applied = AppliedSettings()
        applied.apply(settings, to: &provider)
        applied.apply(settings, to: request, provider: provider.id)
        applied.apply(settings, to: &results)
        applied.apply(settings, to: &cost)
        return applied
    }

    /// Runs `body` with the command as the configuration completes it.
    ///
    /// A run that is repeated from the ledger has its values in the recorded command line, and does
    /// not read the configuration.
    func configured(_ body: (Self) async throws -> Void) async throws {
        guard RecordedCommandLine.repeated == nil else { return try await body(self) }
        var command = self
        let applied = command.configure(by: try await Settings())
        for note in applied.notes { Diagnostics().note(note) }
        let explains = cost.dryRun || advanced.verbose
        if explains, let summary = applied.summary { Diagnostics().note(summary) }
        do {
            if let option = command.provider.foreignOption {
                throw RequestError(
                    field: option.name, message: option.message,
                    hint: "leave it out, or add `--ignore-unsupported`")
            }
            try await ModelChoice.$configured.withValue(applied.models) {
                try await RecordedCommandLine.$configured.withValue(applied.options) {
                    try await body(command)
                }
            }
        } catch {
            if !explains, Self.concernsSettings(error), let summary = applied.summary {
                Diagnostics().note(summary)
            }
            throw error
        }
    }

    /// Whether a value of the configuration may be the reason for an error.
    private static func concernsSettings(_ error: any Error) -> Bool {
        if error is RequestError || error is BudgetError || error is KeyError { return true }
        guard let code = error as? ExitCode else { return false }
        return [ExitStatus.overBudget.code, ExitStatus.credentials.code].contains(code)
    }

    /// Returns the row with the model of the options, unless it names one.
    func completed(_ row: RowRequest) -> RowRequest {
        var row = row
        row.request.model =
            row.request.model
            ?? request.model(of: row.provider ?? provider.id, edits: !row.inputs.isEmpty)
        return row
    }

    /// Returns a session for the options. A dry run creates no ledger.
    func session(
        constraints: ConstraintArguments? = nil, images: ImageArguments? = nil,
        preparation: PreparationArguments? = nil, inFlight: Int? = nil
    ) throws -> SeedreamSession {
        let setup = ClientSetup(client)
        var configuration = setup.configuration
        configuration.baseURL = provider.baseURL
        // The JSON document includes the provider's log.
        if results.json { configuration.wantsLogs = true }
        configuration.options = provider.options
        configuration.isLenient = provider.ignoreUnsupported
        configuration.imageTransport = provider.sendImages.value.transport
        if let maximumBody = constraints?.maxBody?.value { configuration.maximumBodyBytes = maximumBody }
        configuration.price = cost.price?.price
        configuration.budget = cost.budget?.budget
        configuration.maximumInFlight = inFlight
        if let baseURL = provider.baseURL, URLParts(baseURL) == nil {
            throw RequestError(
                field: "--base-url", message: "expected an http or https URL without user information",
                hint: "write it as in `http://127.0.0.1:8080/fal`")
        }
        let ledger: any JobLedger =
            cost.dryRun
            ? (try? setup.existingLedger(.reading)) ?? MemoryLedger() : try setup.ledger()
        let client = try setup.client(provider.id, configuration, ledger)
        let options = try images.flatMap { try preparation?.options($0) } ?? PreparationOptions()
        let model = request.model(of: provider.id, edits: true)
        // A profile that is named is for the model that it is of.
        let profile = try constraints?.constraints(
            default: provider.id.rawValue, model: constraints?.profile == nil ? listed(model) : nil,
            fit: images?.fit ?? .refuse)
        var session = SeedreamSession(
            client: client,
            preparer: ImagePreparer(
                constraints: SeedreamSession.constraints(
                    for: provider.id, configuration: configuration, model: model, profile: profile),
                options: options))
        session.model = model
        session.adaptsToModels = constraints?.profile == nil
        return session
    }

    /// Returns the model if its limits are known; whether it exists is checked with the request.
    private func listed(_ model: String?) -> String? {
        model.flatMap { SubmissionPlanner(provider.id).entry(of: $0)?.editID }
    }

    /// Returns the destination of results.
    ///
    /// - Throws: `RequestError` for an invalid name template, or if the file exists.
    func destination() throws -> Destination {
        var destination = Destination(folder: results.output, template: results.name)
        if results.namesFile {
            let path = results.output
            if Folder.isTaken(path) {
                throw RequestError(
                    field: "-o", message: "\(path): the file exists, and none is overwritten",
                    hint: "name another file")
            }
            let name = path.split(separator: "/").last ?? ""
            let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
            destination = Destination(folder: Folder.containing(path), template: String(stem))
        }
        try destination.check()
        return destination
    }

    /// Returns the request for a prompt with the options applied.
    func generation(_ prompt: String) -> GenerationRequest {
        var generation = GenerationRequest(prompt: prompt)
        request.apply(to: &generation)
        return generation
    }

    /// Whether the command waits for results.
    var waits: Bool { !results.noWait }

    /// Returns the run that this command line belongs to.
    func run(_ command: String, sources: [String], name: String? = nil, of session: SeedreamSession)
        -> RunRecord
    {
        RunRecord(
            .init(
                command: command, sources: sources, destination: PathText.absolute(results.output),
                origin: session.client.planner.origin, name: name),
            arguments: RecordedCommandLine.arguments, folder: PathText.currentFolder)
    }

    /// Sends one request, prints its progress and outcome, and throws the exit code.
    func send(
        _ row: RowRequest, as run: RunRecord, to destination: Destination, _ options: RunOptions,
        with session: SeedreamSession
    ) async throws {
        let row = completed(row)
        if cost.dryRun { return try await plan(row, with: session) }
        let progress = RequestProgress(rows: 1, form: results.progress, showsLogs: client.advanced.verbose)
        if results.output == "-" {
            let (outcome, images) = try await session.received(
                row, as: run, options: options, reportingTo: progress.reporter)
            progress.clear()
            guard let images, let file = images.files.first else {
                return try JobOutput(form: .lines, ledger: session.client.ledger, progress: progress)
                    .finish(outcome, waited: waits)
            }
            for try await piece in images.pieces(of: file) { try Terminal.write(piece, to: STDOUT_FILENO) }
            return
        }
        let outcome = try await session.single(
            row, as: run, to: destination, options: options, reportingTo: progress.reporter)
        try JobOutput(form: results.form, ledger: session.client.ledger, progress: progress)
            .finish(outcome, waited: waits)
        if results.namesFile, let file = outcome.job?.files.first,
            file.path != PathText.absolute(results.output)
        {
            Diagnostics().note("\(results.output): the result is \(file.mediaType), saved as \(file.path)")
        }
    }

    /// Prints the whole request and its cost.
    private func plan(_ row: RowRequest, with session: SeedreamSession) async throws {
        let progress = RequestProgress(rows: 1)
        let plan = try await session.plan(row, reportingTo: results.json ? nil : progress.reporter)
        progress.clear()
        try PlanReport([.init(plan, includesDigest: results.json)].compactMap(\.self)).show(
            json: results.json)
    }
}

/// A command that sends a run of several requests.
protocol RunCommand: SendingCommand, Sendable {
    var rows: RunArguments { get set }
    var sending: ParallelArguments { get set }
    var images: ImageArguments { get }
    var constraints: ConstraintArguments { get }
    var preparation: PreparationArguments { get }
    /// Whether the run has many rows and can be repeated by its id.
    var isRepeatable: Bool { get }
    /// Sends the requests.
    func send() async throws
}

extension RunCommand {
    mutating func configure(by settings: Settings) -> AppliedSettings {
        var applied = AppliedSettings()
        applied.apply(settings, to: &provider)
        applied.apply(settings, to: request, provider: provider.id)
        applied.apply(settings, to: &results)
        applied.apply(settings, to: &cost)
        applied.apply(settings, to: &sending)
        return applied
    }

    /// Returns a session for the options.
    func session() throws -> SeedreamSession {
        try session(
            constraints: constraints, images: images, preparation: preparation, inFlight: rows.inFlight)
    }

    /// The sessions of the other providers, to which rows may go; empty if a base URL determines
    /// where all requests go.
    func others(of session: SeedreamSession) -> [SeedreamSession] {
        guard provider.baseURL == nil else { return [] }
        return ProviderID.allCases.filter { $0 != provider.id }.map { provider in
            let client = session.client.asking(provider)
            var preparer = session.preparer
            preparer.constraints = SeedreamSession.constraints(
                for: provider, configuration: client.configuration,
                profile: try? constraints.constraints(default: provider.rawValue, fit: images.fit))
            return SeedreamSession(client: client, preparer: preparer)
        }
    }

    /// Checks that a run in a ledger of several machines has a name: without one, a run is known by
    /// its paths, which differ from machine to machine.
    func checkRunName() throws(RequestError) {
        guard rows.name == nil, case .database? = advanced.ledger.map({ LedgerAddress($0) }) else { return }
        throw RequestError(
            field: "--run", message: "expected a name for a run in a shared ledger, found none",
            hint: "add `--run NAME`, the same on every machine")
    }

    /// The run options.
    var options: RunOptions {
        var options = RunOptions()
        options.parallel = sending.parallel.value
        options.retriesFailed = rows.retryFailed
        options.buysAgain = rows.again
        options.verifiesFiles = preparation.verify
        options.waits = waits
        options.maximumFailures = rows.maxFailures
        options.maximumFailureRate = rows.maxFailureRate
        return options
    }
}

extension ResultArguments {
    /// The form of the data on standard output.
    var form: RunOutput.Form { json ? .json : .table }
}
#endif
