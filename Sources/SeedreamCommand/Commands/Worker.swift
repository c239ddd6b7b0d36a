import ArgumentParser
import ImageCodecs
import ImagePreparation
import Platform
import SeedreamClient
import SeedreamKit
import SeedreamModel
import Synchronization

/// `seedream worker`: answers rows of standard input on standard output.
struct Worker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prepare or edit the rows of standard input, for an engine that distributes them.",
        discussion: """
            Each line of standard input is a JSON object, and each gets one line on standard output, in \
            the same order:

              {"operation": "prep", "id": "a-1", "images": ["a.jpg"]}
              {"operation": "edit", "id": "a-2", "prompt": "dusk", "images": ["a.jpg"]}

            prep takes one image and writes it to the folder, named by the row's id; edit sends a \
            request and saves its results, and needs an id. Other fields are those of `seedream \
            batch`; unknown ones are copied to the answer. Images are paths, file: and https: URLs, \
            or data: URIs. A row that fails is answered with its error. The last line is a summary \
            with the exit code.

            A row that is repeated writes the same file, and buys nothing twice in one run. SIGTERM \
            ends the reading: rows in progress are finished or recorded, and answered.

            Examples:
              seedream worker --operation prep -o out <rows.jsonl >answers.jsonl
              make-rows | seedream worker -o out --run portraits --budget 20.00

            More options: `seedream worker --help-hidden`; preparation options: see `seedream prep \
            --help`. Exit codes: see `seedream help exit-codes`.
            """)

    @OptionGroup(title: "Input")
    var lines: WorkerArguments

    @OptionGroup(title: "Input")
    var sending: ParallelArguments

    @OptionGroup(title: "Input")
    var images: ImageArguments

    @OptionGroup(title: "Request")
    var request: RequestArguments

    @OptionGroup(title: "Output")
    var results: ResultArguments

    @OptionGroup(title: "Cost")
    var cost: CostArguments

    @OptionGroup(title: "Provider")
    var provider: ProviderArguments

    @OptionGroup(title: "Network")
    var network: NetworkArguments

    @OptionGroup(title: "Advanced")
    var rows: RunArguments

    @OptionGroup(title: "Advanced", visibility: .rare)
    var advanced: AdvancedArguments

    @OptionGroup(title: "Constraints", visibility: .rare)
    var constraints: ConstraintArguments

    @OptionGroup(title: "Preparation", visibility: .rare)
    var preparation: PreparationArguments

    func validate() throws {
        if results.json { throw ValidationError("--json: the answers are JSON lines already") }
        if cost.dryRun { throw ValidationError("--dry-run: use `seedream batch --dry-run` for the cost") }
        try results.validate(outputs: 1, isRun: true)
        _ = try constraints.constraints(fit: images.fit)
        _ = try preparation.options(images)
        if hasOwnName, lines.operation == .prep {
            do throws(RequestError) {
                _ = try NameTemplate(results.name, knowing: NameTemplate.Placeholder.ofRows)
            } catch {
                throw ValidationError("--\(error); \(error.hint)")
            }
        }
    }

    /// Whether `--name` sets the names of prepared images.
    private var hasOwnName: Bool { results.name != Destination.defaultTemplate }

    func run() async throws {
        let (command, stop) = (self, WorkerStop())
        try await Interruption.draining({ stop.request(.signal($0)) }) {
            #if Client
            try await command.configured { try await $0.work(stop) }
            #else
            try await command.work(stop)
            #endif
        }
    }

    private func work(_ stop: WorkerStop) async throws {
        let start = ContinuousClock.now
        let preparer = try preparer()
        let output: OutputFolder
        do {
            output = try OutputFolder(path: results.output, existing: lines.existing)
        } catch {
            Diagnostics().failure(
                error.message, hint: error.hint, category: .output, code: ErrorCode.outputFailed.rawValue)
            throw ExitStatus.outputFailed.code
        }
        let threads = preparation.threads ?? Processors.count
        let answers = WorkerAnswers(
            isOrdered: !lines.unordered, window: 4 * (threads + sending.parallel.value), stop: stop)
        // No further row is waited for.
        stop.onRequest { answers.giveBack() }
        let preparing = RowPreparer(
            preparer, output: output,
            template: hasOwnName
                ? try? NameTemplate(results.name, knowing: NameTemplate.Placeholder.ofRows) : nil,
            fetch: fetch(preparer.options.limits.maximumInputBytes))
        let reader = ManifestReader(operationsOf: lines.operation)
        #if Client
        let edits = EditRows(answers, stop: stop) { try await send($0, $1) }
        let loop = WorkerLoop(
            reader: reader, answers: answers, stop: stop, preparing: preparing, edits: edits)
        #else
        let loop = WorkerLoop(reader: reader, answers: answers, stop: stop, preparing: preparing)
        #endif
        await loop.run()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var summary = WorkerSummary(answers.counts, seconds: seconds, peakMemory: ThisProcess.peakMemory)
        if let reason = stop.reason { summary.take(reason) }
        let isWritten = await answers.end(try JSON.line(summary))
        MachineOutput.endStream()
        if let error = summary.error { Diagnostics().failure(error.message, hint: error.hint) }
        if !isWritten { throw ExitStatus.outputFailed.code }
        if summary.exitCode != 0 { throw ExitCode(summary.exitCode) }
    }

    private func preparer() throws -> ImagePreparer {
        ImagePreparer(
            constraints: try constraints.constraints(
                default: provider.provider.isGiven ? provider.id.rawValue : "seedream-4",
                model: request.model, fit: images.fit),
            options: try preparation.options(images))
    }

    /// Returns the function that downloads URLs; `nil` if this build has no HTTP client.
    private func fetch(_ maximumBytes: Int) -> (@Sendable (String) async throws -> [UInt8])? {
        #if Client
        let (client, hosts) = (client, lines.hosts)
        let made = Mutex<GuardedFetcher?>(nil)
        return { url in
            let fetcher = try made.withLock { made in
                if let made { return made }
                let fetcher = GuardedFetcher(try ClientSetup(client).transport())
                made = fetcher
                return fetcher
            }
            return try await fetcher.bytes(url, .input(url, maximumBytes: maximumBytes, allowing: hosts))
        }
        #else
        return nil
        #endif
    }
}

/// The rows of a worker, and the files that it writes.
struct WorkerArguments: ParsableArguments {
    @Option(help: "What to do with rows that do not say.")
    var operation: RowOperation?

    @Flag(help: "Answer rows as they end, not in their order.")
    var unordered = false

    @Option(
        name: .customLong("allow-private"),
        help: ArgumentHelp(
            "A host in a private network whose URLs may be fetched; repeatable.", valueName: "host"))
    var privateHosts: [String] = []

    @Option(
        help: ArgumentHelp(
            "Treatment of prepared files that exist.", visibility: .rare))
    var existing = ExistingFiles.replace

    /// The hosts, as URLs have them.
    var hosts: Set<String> { Set(privateHosts.map { $0.lowercased() }) }

    func validate() throws {
        if let host = privateHosts.first(where: { $0.contains("/") || $0.contains(":") || $0.isEmpty }) {
            throw ValidationError("--allow-private: expected a host name or address, found \(host)")
        }
    }
}

#if Client
extension Worker: RunCommand {
    var isRepeatable: Bool { false }

    func send() async throws { try await run() }

    /// Sends the rows that `next` returns as one run.
    private func send(
        _ next: @escaping @Sendable () async -> ManifestRow?, _ deliver: (RowDocument) -> Void
    ) async throws -> RunStop? {
        try checkRunName()
        let session = try session()
        let run = run("worker", sources: ["-"], name: rows.name, of: session)
        let name = run.identity.name ?? run.id
        let open = OpenRows()
        var options = options
        options.privateHosts = lines.hosts
        options.awaitsOthers = true
        return try await session.run(
            as: run, to: try destination(), others: others(of: session), options: options,
            next: {
                guard let row = await next() else { return nil }
                let request = completed(
                    RowRequest(.row(row), fetchesURLs: sending.fetch) { self.request.apply(to: &$0) })
                open.add(RowDocument(row), label: request.label)
                return request
            },
            deliver: { outcome in
                var document = open.take(outcome.label)
                document.take(outcome)
                document.run = name
                if outcome.action == .missing, let file = outcome.job?.files.first {
                    document.error = RowFailure(
                        category: LocalErrorCategory.output.rawValue, code: "saved-elsewhere",
                        message:
                            "expected \(file.path) on this machine, found none, and the provider has it no more",
                        hint: "read it on the machine that saved it, or buy it again with `--again`")
                }
                deliver(document)
            })
    }
}
#endif
