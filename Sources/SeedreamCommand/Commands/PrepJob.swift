import ArgumentParser
import ImageCodecs
import ImagePreparation
import Platform
import SeedreamClient
import SeedreamModel

/// One run of `seedream prep`.
struct PrepJob: Sendable {
    let command: Prep
    let preparer: ImagePreparer

    func run() async throws {
        do {
            if command.output.dryRun {
                try dryRun(try PrepInputs(command, output: nil, preparer))
            } else {
                try await prepare()
            }
        } catch let error as PreparationError {
            Diagnostics().failure(
                error.description, hint: error.hint, category: .input, code: error.code.rawValue)
            throw ExitStatus.usage.code
        } catch let failure as OutputFolder.Failure {
            if command.output.json, !MachineOutput.hasOutput {
                try? Terminal.print(JSON.document(UnwrittenPreparation(failure)))
            }
            Diagnostics().failure(
                failure.message, hint: failure.hint, category: .output, code: ErrorCode.outputFailed.rawValue)
            throw ExitStatus.outputFailed.code
        } catch let error as RequestError {
            Diagnostics().failure("\(error)", hint: error.hint, category: .request)
            throw ExitStatus.usage.code
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        } catch is CancellationError {
            throw interrupted()
        }
    }

    private func interrupted() -> ExitCode {
        Terminal.note("interrupted; files already written are complete")
        return Interruption.status.code
    }

    // MARK: Planning

    private func dryRun(_ inputs: PrepInputs) throws {
        let plan = command.each ? inputs.plan(preparer) : try preparer.plan(inputs.all)
        try Task.checkCancellation()
        let report = PreparationReport(plan)
        try show(report, of: inputs)
        try finish(report, outputFailures: 0)
    }

    // MARK: Preparing

    private func prepare() async throws {
        let output = try command.output.path.flatMap { path in path == "-" ? nil : path }.map { path in
            try OutputFolder(
                path: path, existing: command.output.existing)
        }
        let inputs = try PrepInputs(command, output: output, preparer)
        if let file = output?.namedFile, inputs.rows.count != 1 {
            throw RequestError(
                field: "-o", message: "expected one image for \(file), found \(inputs.rows.count)",
                hint: "name a folder")
        }
        let known = inputs.knownOutcomes(output, preparer)
        let rows = inputs.rows.filter { known[$0.index] == nil }
        var collected = Collected(output: output, known: known, dropped: inputs.dropped)
        if command.replaces {
            collected.inputs = Set(rows.compactMap { $0.input.filePath.flatMap { FileNode($0) } })
        }
        collected.page = try command.output.report.map { path throws(OutputFolder.Failure) in
            try PrepReport(path: path, replaces: command.replaces, inputs: inputs.all)
        }
        let (progress, reporter) = PreparationProgress.makeStream()
        async let line: Void = ProgressLine.follow(progress)
        var wasInterrupted = false
        do {
            if command.each {
                try await preparer.prepareEach(rows.map(\.input), reportingTo: reporter) { outcome in
                    let row = rows[outcome.index]
                    try takeKnown(before: row.index, into: &collected)
                    try await take(outcome.of(row), row, into: &collected)
                }
            } else {
                try await prepareTogether(rows, reporter, into: &collected)
            }
            try takeKnown(before: inputs.count, into: &collected)
        } catch is CancellationError {
            wasInterrupted = true
            // The outcomes of existing files were known before preparation started.
            if !command.each { try takeKnown(before: inputs.count, into: &collected) }
        }
        await line
        let report = PreparationReport(
            images: collected.images, failed: collected.failed, dropped: collected.dropped,
            skipped: collected.skipped)
        // An empty table says nothing; a JSON document is complete even without rows.
        let hasRows = !report.images.isEmpty || !report.failed.isEmpty || report.skipped != nil
        if !wasInterrupted || hasRows || command.output.json { try show(report, of: inputs) }
        collected.page?.add(report.dropped)
        if wasInterrupted {
            try? await collected.page?.write()
            Diagnostics().notices(of: report)
            for failure in report.failed { Diagnostics().failure(failure) }
            throw interrupted()
        }
        try await collected.page?.write()
        try finish(report, printed: collected.printed, outputFailures: collected.outputFailures)
    }

    private func prepareTogether(
        _ rows: [PrepRow], _ reporter: ProgressReporter, into collected: inout Collected
    ) async throws {
        var prepared: PreparedBatch?
        var interruption: CancellationError?
        do {
            prepared = try await preparer.prepare(
                rows.map { $0.input as ImageInput? }, from: 0, failures: .collect, reportingTo: reporter
            ) { prepared = $0 }
        } catch let error as CancellationError {
            // Standard output holds one request or one image, and half of it is worse than nothing.
            guard !command.output.dataURI, command.output.payload == nil, command.output.path != "-" else {
                throw error
            }
            interruption = error
        }
        guard let batch = prepared else { throw interruption ?? CancellationError() }
        let outcomes =
            batch.images.map { PreparationOutcome.prepared($0) } + batch.failed.map { .failed($0) }
        if let provider = command.output.payload, batch.failed.isEmpty {
            try printPayload(batch, for: provider)
        }
        for outcome in outcomes.sorted(by: { $0.index < $1.index }) {
            let row = rows[outcome.index]
            try takeKnown(before: row.index, into: &collected)
            try await take(outcome.of(row), row, into: &collected)
        }
        if let interruption { throw interruption }
    }

    /// Prints the body of the request as a stream; its base64 is encoded while it is written.
    private func printPayload(_ batch: PreparedBatch, for provider: ProviderID) throws {
        var request = GenerationRequest(
            prompt: command.output.prompt ?? "", images: batch.images.map { .prepared($0) })
        request.model = command.target.model
        let planner = SubmissionPlanner(provider)
        for warning in try planner.payloadWarnings(of: request) { Diagnostics().note(warning.message) }
        var reader = try planner.payload(of: request).makeReader()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = reader.read(into: buffer), count > 0 {
            try Terminal.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: STDOUT_FILENO)
        }
        try Terminal.print("")
    }

    /// The outcomes so far.
    private struct Collected {
        let output: OutputFolder?
        /// Outcomes known before preparation and not yet reported, by index.
        var known: [Int: PrepInputs.KnownOutcome]
        var dropped: [DroppedInput]
        /// The images to show at the end.
        var images: [ImageRecord] = []
        /// The number of images that were printed, each with its notices.
        var printed = 0
        var failed: [FailureRecord] = []
        var skipped: [SkippedRecord] = []
        var outputFailures = 0
        var page: PrepReport?
        /// The inputs if files are replaced; an input is never replaced.
        var inputs: Set<FileNode> = []
        /// The index of the first input not yet reported.
        var next = 0
    }

    /// Records the outcomes known before preparation, in the order of the inputs.
    private func takeKnown(before end: Int, into collected: inout Collected) throws {
        let isStreamed = command.output.ndjson && command.each
        for index in collected.next..<max(collected.next, end) {
            switch collected.known[index] {
            case .skipped(let record)?:
                collected.skipped.append(record)
                collected.page?.add(record)
                if isStreamed { try Terminal.print(JSON.line(record)) }
            case .failed(let record)?:
                collected.outputFailures += 1
                collected.failed.append(record)
                collected.page?.add(record)
                if isStreamed { try Terminal.print(JSON.line(record)) }
            case nil: break
            }
        }
        collected.next = max(collected.next, end)
    }

    /// Writes the prepared image, and records it.
    private func take(
        _ outcome: PreparationOutcome, _ row: PrepRow, into collected: inout Collected
    ) async throws {
        switch outcome {
        case .failed(let input):
            collected.failed.append(FailureRecord(input))
            collected.page?.add(FailureRecord(input))
        case .prepared(let image):
            let path: String?
            do throws(OutputFolder.Failure) {
                path = try write(image, row, to: collected.output, sparing: collected.inputs)
                // Text output shows no digest, so compute none for it.
                collected.images.append(
                    ImageRecord(
                        image, path: path, includesDigest: command.output.json || command.output.ndjson))
            } catch {
                collected.outputFailures += 1
                let failure = FailureRecord(image, outputFailure: error.message, hint: error.hint)
                collected.failed.append(failure)
                collected.page?.add(failure)
                if command.output.ndjson, command.each { try showLast(of: &collected, outcome) }
                return
            }
            try await collected.page?.add(image, path: path)
            if command.output.path == "-" {
                try image.bytes.withBytes { try Terminal.write($0, to: STDOUT_FILENO) }
            } else if command.output.dataURI {
                try image.dataURI.write { (chunk: UnsafeRawBufferPointer) throws(OutputError) in
                    try Terminal.write(chunk, to: STDOUT_FILENO)
                }
                try Terminal.print("")
            }
        }
        if command.output.ndjson, command.each { try showLast(of: &collected, outcome) }
    }

    private func write(
        _ image: PreparedImage, _ row: PrepRow, to output: OutputFolder?, sparing inputs: Set<FileNode>
    ) throws(OutputFolder.Failure) -> String? {
        guard let output else { return nil }
        let path = output.path(target: row.target, mediaType: image.mediaType)
        if let node = FileNode(path), inputs.contains(node) { throw PrepInputs.isInput(path) }
        try output.write(image.bytes, to: path)
        if let named = output.namedFile, path != named {
            Diagnostics().note("the result is a \(image.mediaType.displayName) image, written to \(path)")
        }
        return path
    }

    // MARK: Showing

    /// Prints the latest record as soon as it is known, with `--each --ndjson`.
    private func showLast(of collected: inout Collected, _ outcome: PreparationOutcome) throws {
        if let image = collected.images.last, image.index == outcome.index {
            try Terminal.print(JSON.line(image))
            // Ten thousand records would take as much memory as the images in progress.
            Diagnostics().notices(of: image)
            collected.images.removeLast()
            collected.printed += 1
        } else if let failure = collected.failed.last {
            try Terminal.print(JSON.line(failure))
        }
    }

    private func show(_ report: PreparationReport, of inputs: PrepInputs) throws {
        if command.output.json {
            try Terminal.print(JSON.document(report))
        } else if command.output.ndjson {
            guard !command.each || command.output.dryRun else { return }
            let lines =
                try report.images.map { (index: $0.index, line: try JSON.line($0)) }
                + report.failed.map { (index: $0.index, line: try JSON.line($0)) }
                + (report.skipped ?? []).map { (index: $0.index, line: try JSON.line($0)) }
            for record in lines.sorted(by: { $0.index < $1.index }) { try Terminal.print(record.line) }
        } else if !command.output.dataURI, command.output.payload == nil, command.output.path != "-" {
            let lines = ImageTable.lines(
                of: report, total: inputs.rows.count, maximum: preparer.constraints.maximumInputs,
                numbersInputs: command.each)
            for line in lines { try Terminal.print(line) }
        }
    }

    /// Prints notices and errors, and throws the exit code.
    private func finish(_ report: PreparationReport, printed: Int = 0, outputFailures: Int) throws {
        let diagnostics = Diagnostics()
        diagnostics.notices(of: report)
        for failure in report.failed { diagnostics.failure(failure) }
        if outputFailures > 0 { throw ExitStatus.outputFailed.code }
        let isDone = !report.images.isEmpty || printed > 0 || report.skipped != nil
        if !report.failed.isEmpty { throw (isDone ? ExitStatus.someFailed : .noUsableInput).code }
        if !isDone {
            // A part of the inputs may have none.
            guard try command.part.shard() == nil else {
                return diagnostics.note("no input is in this shard")
            }
            throw ExitStatus.noUsableInput.code
        }
    }
}

/// The JSON document of `prep` if nothing could be done because its output cannot be written.
private struct UnwrittenPreparation: Encodable {
    private let report: PreparationReport
    private let error: ErrorDocument

    init(_ failure: OutputFolder.Failure) {
        report = PreparationReport(outputFailure: failure.message, hint: failure.hint)
        var error = ErrorDocument(
            category: LocalErrorCategory.output.rawValue, code: ErrorCode.outputFailed.rawValue,
            message: failure.message, hint: failure.hint)
        error.exitCode = ExitStatus.outputFailed.rawValue
        self.error = error
    }

    private enum CodingKeys: String, CodingKey { case error }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(error, forKey: .error)
    }
}

extension PreparationOutcome {
    /// Returns the same outcome with the index and the position of its input.
    fileprivate func of(_ row: PrepRow) -> PreparationOutcome {
        switch self {
        case .prepared(var image):
            (image.index, image.position) = (row.index, row.position)
            return .prepared(image)
        case .failed(var input):
            (input.index, input.position) = (row.index, row.position)
            return .failed(input)
        }
    }
}
