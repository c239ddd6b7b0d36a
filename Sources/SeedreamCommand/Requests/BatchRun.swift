#if Client
import AtomicFiles
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// One run of `seedream batch`.
struct BatchRun: Sendable {
    private let command: Batch
    private let preparer: ImagePreparer

    init(_ command: Batch) throws {
        self.command = command
        var constraints = try command.constraints.constraints(default: command.host.provider.rawValue)
        var configuration = ClientConfiguration()
        configuration.imageTransport = command.host.transport
        if let body = command.constraints.maxBody?.value { configuration.maximumBodyBytes = body }
        constraints.maximumBodyBytes =
            SeedreamSession.constraints(for: command.host.provider, configuration: configuration)
            .maximumBodyBytes
        preparer =
            ImagePreparer(constraints: constraints, options: try command.preparation.options())
            .decodingEveryPixel
    }

    func run() async throws {
        try await ClientFailure.reported(command.client) {
            let settings = try RequestSettings(
                command.host, command.results, command.client,
                maximumBody: command.constraints.maxBody?.value)
            if command.results.dryRun {
                try plan(settings)
            } else {
                try await send(settings)
            }
        }
    }

    /// Reads the whole manifest, and says what it would send and what that would cost.
    private func plan(_ settings: RequestSettings) throws {
        let manifest = try ManifestReader(command.manifest)
        var (rows, failures, outputs) = (0, 0, 0)
        while let record = try manifest.next() {
            rows += 1
            switch record {
            case .failure(let failure):
                failures += 1
                try show(RowDocument(failure))
            case .row(let row):
                var request = GenerationRequest(prompt: row.prompt)
                command.request.apply(to: &request)
                row.apply(to: &request)
                outputs += request.maximumOutputs
                if command.ndjson { try show(RowDocument(row)) }
            }
        }
        let price = settings.planner.price(of: command.request.model)
        let cost = price.map { price in
            "at most \((price.amount * Double(outputs)).formattedShortly) \(price.unit.rawValue)"
        }
        let text =
            "\(rows) rows of \(manifest.format.rawValue), \(failures) of them failed; "
            + "\(outputs) images, \(cost ?? "at a price that is not known"); nothing was sent"
        Terminal.note(TerminalText(text))
        try settings.configuration.budget?.check(pictures: outputs, price: price)
        if failures > 0 { throw (failures == rows ? ExitStatus.noUsableInput : .someFailed).code }
    }

    private func send(_ settings: RequestSettings) async throws {
        var results: ResultsFile?
        var identity: ManifestIdentity?
        let manifest = try ManifestReader(command.manifest)
        if let path = command.resultsFile {
            let found = try ManifestIdentity(command.manifest)
            let file = try ResultsFile(path, of: found)
            if file.removedBytes > 0 {
                Diagnostics().note("\(path): \(file.removedBytes) bytes of an unfinished line were removed")
            }
            (results, identity) = (file, found)
        }
        var session = SeedreamSession(
            client: try settings.setup.client(
                settings.provider, settings.configuration, try settings.setup.ledger()))
        session.preparer = preparer
        let source = command.manifest == "-" ? "-" : PathText.absolute(command.manifest)
        let run = RunRecord(
            .init(
                command: "batch", sources: [source],
                destination: PathText.absolute(command.results.output),
                origin: settings.planner.origin, name: command.rows.name))
        var counts: [RowState: Int] = [:]
        let stop = try await session.batch(
            manifest, as: run, to: settings.destination, options: options(settings),
            fetchesURLs: command.fetch, results: results,
            configure: { request in command.request.apply(to: &request) }
        ) { row in
            counts[row.state, default: 0] += 1
            try show(row)
        }
        try results?.sync()
        if let identity, let digest = manifest.digest, let before = identity.sha256, digest != before {
            Diagnostics().note(
                "\(manifest.name) changed while it was read; the results are those of what was read")
        }
        try finish(counts, stop, run)
    }

    private func options(_ settings: RequestSettings) -> RunOptions {
        var options = RunOptions()
        options.parallel = command.parallel
        options.retriesFailed = command.rows.retryFailed
        options.buysAgain = command.rows.again
        options.verifiesFiles = command.preparation.verify
        options.waits = settings.waits
        options.maximumFailures = command.rows.maxFailures
        options.maximumFailureRate = command.rows.maxFailureRate
        return options
    }

    /// The row as a line of JSON on standard output, or as words on standard error.
    private func show(_ row: RowDocument) throws {
        if command.ndjson { try Terminal.print(TerminalText(json: String(row.jsonLine.dropLast()))) }
        let name = (row.id ?? row.line.map { "line \($0)" } ?? "a row").visible
        switch row.state {
        case .saved where row.error == nil:
            let paths = row.files.map(\.path.visible).joined(separator: ", ")
            Terminal.note(TerminalText("\(name): saved as \(paths)"))
        case .waiting, .skipped, .saved, .submitting, .accepted, .finished, .preparing, .failed, .cancelled,
            .unknown:
            if let error = row.error {
                Diagnostics().failure("\(name): \(error.message)", hint: error.hint)
            }
        }
    }

    /// Says how many rows are where, and throws the code for it.
    private func finish(_ counts: [RowState: Int], _ stop: RunStop?, _ run: RunRecord) throws {
        let isInterrupted = Task.isCancelled
        let words = RowState.allCases.compactMap { state in
            counts[state].map { "\($0) \(state.rawValue)" }
        }
        let start = "\(isInterrupted ? "interrupted; " : "")run \(run.identity.name ?? run.id): "
        let end = isInterrupted || stop != nil ? "; the same command goes on" : ""
        Terminal.note(
            TerminalText(start + (words.isEmpty ? "no rows" : words.joined(separator: ", ")) + end))
        switch stop {
        case .refused(let error)?:
            ClientFailure.say(error)
            throw Verdict(error).status.code
        case .failures(let count, let rows)?:
            Diagnostics().failure(
                "stopped: \(count) of \(rows) rows failed",
                hint: "mend what they say, then repeat the command")
            throw ExitStatus.someFailed.code
        case nil: break
        }
        if isInterrupted { throw ExitStatus.interrupted.code }
        let open: [RowState] =
            [.submitting, .unknown, .preparing] + (command.results.noWait ? [] : [.accepted, .finished])
        if open.contains(where: { counts[$0] != nil }) { throw ExitStatus.outcomeUnknown.code }
        let failed = (counts[.failed] ?? 0) + (counts[.cancelled] ?? 0)
        if failed > 0 { throw ExitStatus.someFailed.code }
    }
}
#endif
