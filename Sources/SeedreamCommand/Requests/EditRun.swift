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
        let prepared = try await images(inputs[first...])
        let report = PreparationReport(images: prepared.records, failed: [], dropped: dropped)
        if !command.results.json || !command.results.dryRun { Diagnostics().notices(of: report) }
        var request = GenerationRequest(prompt: prompt, images: prepared.images)
        command.request.apply(to: &request)
        if command.results.dryRun {
            try PlanReport([.init(try settings.planner.plan(request), report)]).show(
                json: command.results.json)
            return
        }
        let ledger = try settings.setup.ledger()
        let client = try settings.setup.client(settings.provider, settings.configuration, ledger)
        let run = RequestRun(
            json: command.results.json, ledger: ledger,
            progress: RequestProgress(requests: 1, showsLogs: command.client.verbose))
        try run.finish(
            [await run.send(request, with: client, settings)], dropped: dropped, waited: settings.waits)
    }

    /// The pictures of one request in the order of its inputs, URLs among them.
    private func images(_ arguments: ArraySlice<String>) async throws -> (
        images: [RequestImage], records: [ImageRecord]
    ) {
        var images: [RequestImage?] = []
        var inputs: [(place: Int, input: ImageInput)] = []
        for (place, argument) in arguments.enumerated() {
            if Self.isURL(argument), !command.fetch {
                images.append(.remote(argument))
            } else {
                images.append(nil)
                inputs.append((place, try await input(argument)))
            }
        }
        let (progress, reporter) = PreparationProgress.makeStream()
        async let line: Void = ProgressLine.follow(progress)
        let batch = try await preparer.prepare(inputs.map(\.input), failures: .refuse, reportingTo: reporter)
        await line
        var records: [ImageRecord] = []
        for image in batch.images {
            var image = image
            let place = inputs[image.index].place
            (image.index, image.position) = (arguments.startIndex + place, place + 1)
            images[place] = .prepared(image)
            records.append(ImageRecord(image, path: nil, includesDigest: command.results.json))
        }
        return (images.compactMap { $0 }, records)
    }

    private static func isURL(_ argument: String) -> Bool {
        let head = argument.prefix(8).lowercased()
        return head.hasPrefix("http://") || head.hasPrefix("https://")
    }

    private func input(_ argument: String) async throws -> ImageInput {
        guard Self.isURL(argument) else { return ImageInput(argument: argument) }
        let fetcher = GuardedFetcher(try ClientSetup(command.client).transport())
        let bytes = try await fetcher.bytes(
            argument, .input(maximumBytes: preparer.options.limits.maximumInputBytes))
        return .bytes(bytes, name: String(argument.prefix { $0 != "?" && $0 != "#" }))
    }

    // MARK: A request for each input

    private func runEach() async throws {
        let arguments = inputs.flatMap { Folder.visibleFiles(in: $0) ?? [$0] }
        guard !arguments.isEmpty else {
            throw RequestError(field: "input", message: "the folder holds no files", hint: "name pictures")
        }
        let settings = try settings()
        let outputs = command.request.count * command.request.imagesPerCall * arguments.count
        try settings.configuration.budget?.check(
            pictures: outputs, price: settings.planner.price(of: command.request.model))
        if command.results.dryRun { return try await planEach(arguments, settings) }
        let ledger = try settings.setup.ledger()
        let client = try settings.setup.client(settings.provider, settings.configuration, ledger)
        try client.checkKey()
        let run = RequestRun(
            json: command.results.json, ledger: ledger,
            progress: RequestProgress(requests: arguments.count, showsLogs: command.client.verbose))
        var failed: [FailedInput] = []
        var isChecked = false
        let outcomes = try await run.all(arguments.count, atOnce: command.parallel) { index in
            let image: RequestImage
            switch try await prepared(arguments[index], index: index) {
            case .image(let ready): image = ready
            case .failed(let input):
                failed.append(input)
                return nil
            }
            var request = GenerationRequest(prompt: prompt, images: [image])
            command.request.apply(to: &request)
            // What would be refused for every picture is said once, before anything is sent.
            if !isChecked { _ = try settings.planner.plan(request) }
            isChecked = true
            let final = request
            return { await run.send(final, index: index, name: arguments[index], with: client, settings) }
        }
        try run.finish(outcomes, failed: failed, waited: settings.waits)
    }

    /// What became of one input.
    private enum Prepared {
        case image(RequestImage)
        case failed(FailedInput)
    }

    private func prepared(_ argument: String, index: Int) async throws -> Prepared {
        if Self.isURL(argument), !command.fetch { return .image(.remote(argument)) }
        let input: ImageInput
        do {
            input = try await self.input(argument)
        } catch let error as FetchError {
            return .failed(
                FailedInput(
                    index: index, position: 1, name: argument, code: .unreadableInput, message: "\(error)",
                    hint: error.hint))
        }
        let batch = try await preparer.prepare([input], failures: .collect)
        if var failure = batch.failed.first {
            failure.index = index
            return .failed(failure)
        }
        guard var image = batch.images.first else { throw CancellationError() }
        image.index = index
        for notice in image.notices { Diagnostics().note("\(argument): \(notice.message)") }
        return .image(.prepared(image))
    }

    private func planEach(_ arguments: [String], _ settings: RequestSettings) async throws {
        var plans: [PlanReport.Request] = []
        var failed: [FailedInput] = []
        for (index, argument) in arguments.enumerated() {
            switch try await prepared(argument, index: index) {
            case .failed(let input): failed.append(input)
            case .image(let image):
                var request = GenerationRequest(prompt: prompt, images: [image])
                command.request.apply(to: &request)
                let records = [image.prepared].compactMap { $0 }.map {
                    ImageRecord($0, path: nil, includesDigest: command.results.json)
                }
                plans.append(
                    .init(
                        try settings.planner.plan(request),
                        PreparationReport(images: records, failed: [], dropped: [])))
            }
        }
        try PlanReport(plans, failed: failed.map { FailureRecord($0) }).show(json: command.results.json)
        for failure in failed { Diagnostics().failure(FailureRecord(failure)) }
        if !failed.isEmpty { throw (plans.isEmpty ? ExitStatus.noUsableInput : .someFailed).code }
    }
}
#endif
