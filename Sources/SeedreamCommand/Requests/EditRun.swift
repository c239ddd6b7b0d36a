#if Client
import AtomicFiles
import ImageCodecs
import ImagePreparation
import SeedreamClient
import SeedreamKit
import SeedreamModel

/// One run of `seedream edit`.
struct EditRun: Sendable {
    private let command: Edit
    private let prompt: String
    private let inputs: [String]
    private let preparer: ImagePreparer

    init(command: Edit, prompt: String, inputs: [String]) throws {
        self.command = command
        self.prompt = prompt
        self.inputs = inputs
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
        try await ClientFailure.reported(command.client, json: command.results.json) {
            if command.each {
                try await runEach()
            } else {
                try await runOnce()
            }
        }
    }

    private func settings() throws -> RequestSettings {
        try RequestSettings(
            command.host, command.results, command.client, maximumBody: command.constraints.maxBody?.value)
    }

    // MARK: One request

    private func runOnce() async throws {
        let settings = try settings()
        let first = max(0, inputs.count - preparer.constraints.maximumInputs)
        if command.preparation.strict, first > 0 {
            throw PreparationError.tooManyInputs(
                count: inputs.count, maximum: preparer.constraints.maximumInputs)
        }
        let dropped = (0..<first).map { DroppedInput(index: $0, name: inputs[$0]) }
        // Standard input is read once, for the digest and for the request.
        let used = inputs[first...].map { input($0) }
        let prepared = try await images(used, from: first)
        let report = PreparationReport(images: prepared.records, failed: [], dropped: dropped)
        if !command.results.json || !command.results.dryRun { Diagnostics().notices(of: report) }
        var request = GenerationRequest(prompt: prompt, images: prepared.images)
        command.request.apply(to: &request)
        if command.results.dryRun {
            try PlanReport([.init(try settings.planner.plan(request), report)]).show(
                json: command.results.json)
            return
        }
        let session = try session(settings)
        let row = try await session.single(
            request, used, in: record(settings), label: inputs[first...].joined(separator: " "),
            buysAgain: command.rows.again)
        RunLines.sayEqual(row.saved)
        let run = RequestRun(
            json: command.results.json, ledger: session.client.ledger,
            progress: RequestProgress(requests: 1, showsLogs: command.client.verbose))
        try run.finish(
            [await run.send(request, for: row.reference, with: session.client, settings)], dropped: dropped,
            waited: settings.waits)
    }

    /// The images of one request in the order of its inputs, URLs among them.
    private func images(_ used: [RowRequest.Input], from first: Int) async throws -> (
        images: [RequestImage], records: [ImageRecord]
    ) {
        var images: [RequestImage?] = []
        var local: [(place: Int, input: ImageInput)] = []
        for (place, input) in used.enumerated() {
            switch input {
            case .remote(let url): images.append(.remote(url))
            case .fetched(let url):
                images.append(nil)
                local.append((place, try await fetched(url)))
            case .local(let image):
                images.append(nil)
                local.append((place, image))
            }
        }
        let (progress, reporter) = PreparationProgress.makeStream()
        async let line: Void = ProgressLine.follow(progress)
        let batch = try await preparer.prepare(local.map(\.input), failures: .refuse, reportingTo: reporter)
        await line
        var records: [ImageRecord] = []
        for image in batch.images {
            var image = image
            let place = local[image.index].place
            (image.index, image.position) = (first + place, place + 1)
            images[place] = .prepared(image)
            records.append(ImageRecord(image, path: nil, includesDigest: command.results.json))
        }
        return (images.compactMap { $0 }, records)
    }

    private static func isURL(_ argument: String) -> Bool {
        let head = argument.prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }

    private func input(_ argument: String) -> RowRequest.Input {
        guard Self.isURL(argument) else { return .local(ImageInput(argument: argument)) }
        return command.fetch ? .fetched(argument) : .remote(argument)
    }

    private func fetched(_ url: String) async throws -> ImageInput {
        let fetcher = GuardedFetcher(try ClientSetup(command.client).transport())
        let bytes = try await fetcher.bytes(
            url, .input(maximumBytes: preparer.options.limits.maximumInputBytes))
        return .bytes(bytes, name: String(url.prefix { $0 != "?" && $0 != "#" }))
    }

    private func session(_ settings: RequestSettings) throws -> SeedreamSession {
        let ledger = try settings.setup.ledger()
        var session = SeedreamSession(
            client: try settings.setup.client(settings.provider, settings.configuration, ledger))
        session.preparer = preparer
        return session
    }

    // MARK: The run

    private func record(_ settings: RequestSettings) -> RunRecord {
        let sources = inputs.map { argument in
            if Self.isURL(argument) { return URLParts(argument)?.origin ?? argument }
            if argument == "-" || argument.prefix(5).lowercased() == "data:" { return "-" }
            let path = PathText.absolute(argument)
            // A folder, and the files of it, are one source: a folder that gains a file stays the same run.
            return Folder.exists(path) ? path : Folder.containing(path)
        }
        return RunRecord(
            .init(
                command: "edit", sources: sources, destination: PathText.absolute(command.results.output),
                origin: settings.planner.origin, name: command.rows.name),
            arguments: RunLines.arguments, folder: PathText.currentFolder)
    }

    /// The rows of `--each`, each with a label of its own.
    private func rows(_ arguments: [String]) -> [RowRequest] {
        var request = GenerationRequest(prompt: prompt)
        command.request.apply(to: &request)
        var seen: [String: Int] = [:]
        return arguments.map { argument in
            let input = input(argument)
            var label = argument
            if case .local = input, argument != "-", argument.prefix(5).lowercased() != "data:" {
                label = PathText.absolute(argument)
            }
            seen[label, default: 0] += 1
            if let count = seen[label], count > 1 { label += "#\(count)" }
            return RowRequest(label: label, inputs: [input], request: request)
        }
    }

    /// The inputs, folders replaced by the images in them, by their content. Results of this run that lie in such a folder
    /// are not its inputs.
    private func expanded(_ settings: RequestSettings) async throws -> [String] {
        guard inputs.contains(where: { Folder.exists($0) }) else { return inputs }
        // Without a ledger, nothing was saved.
        let ledger = try? settings.setup.existingLedger(.reading)
        let jobs = try await ledger?.jobs(ofRun: record(settings).id) ?? []
        let results = Set(jobs.flatMap { $0.files.map(\.path) })
        return inputs.flatMap { input in
            FolderInputs(input, leavingOut: { results.contains(PathText.absolute($0)) })?.files.map(\.path)
                ?? [input]
        }
    }

    private func runEach() async throws {
        let settings = try settings()
        let arguments = try await expanded(settings)
        guard !arguments.isEmpty else {
            throw RequestError(field: "input", message: "the folder holds no images", hint: "name images")
        }
        if command.results.dryRun { return try await planEach(arguments, settings) }
        let rows = rows(arguments)
        // What would be refused for every image is said once, before anything is read.
        try settings.planner.check(rows[0].request)
        let session = try session(settings)
        let record = record(settings)
        let lines = RunLines(
            names: arguments, record: record, baseURL: command.host.baseURL, json: command.results.json,
            progress: RequestProgress(requests: rows.count, showsLogs: command.client.verbose))
        var outcomes: [RowOutcome] = []
        let stop = try await session.run(
            rows, as: record, to: settings.destination, options: options(settings),
            reporter: { index, _ in lines.reporter(index) }
        ) { outcome in
            await lines.show(outcome)
            var outcome = outcome
            // Their bytes are not needed any more.
            outcome.images = []
            outcomes.append(outcome)
        }
        try await lines.finish(outcomes, stop, ledger: session.client.ledger, waited: settings.waits)
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

    private func planEach(_ arguments: [String], _ settings: RequestSettings) async throws {
        var plans: [PlanReport.Request] = []
        var failed: [FailedInput] = []
        for (index, argument) in arguments.enumerated() {
            var request = GenerationRequest(prompt: prompt)
            command.request.apply(to: &request)
            var records: [ImageRecord] = []
            switch input(argument) {
            case .remote(let url): request.images = [.remote(url)]
            case .local, .fetched:
                let image: ImageInput
                do {
                    image =
                        if case .local(let local) = input(argument) { local } else {
                            try await fetched(argument)
                        }
                } catch let error as FetchError {
                    failed.append(
                        FailedInput(
                            index: index, position: 1, name: argument, code: .unreadableInput,
                            message: "\(error)", hint: error.hint))
                    continue
                }
                let batch = try await preparer.prepare([image], failures: .collect)
                failed += batch.failed.map { failure in
                    var failure = failure
                    failure.index = index
                    return failure
                }
                guard var prepared = batch.images.first else { continue }
                prepared.index = index
                request.images = [.prepared(prepared)]
                records = [ImageRecord(prepared, path: nil, includesDigest: command.results.json)]
            }
            plans.append(
                .init(
                    try settings.planner.plan(request),
                    PreparationReport(images: records, failed: [], dropped: [])))
        }
        try settings.configuration.budget?.check(
            pictures: plans.count * command.request.count * command.request.imagesPerCall,
            price: settings.planner.price(of: command.request.model))
        try PlanReport(plans, failed: failed.map { FailureRecord($0) }).show(json: command.results.json)
        for failure in failed { Diagnostics().failure(FailureRecord(failure)) }
        if !failed.isEmpty { throw (plans.isEmpty ? ExitStatus.noUsableInput : .someFailed).code }
    }
}
#endif
