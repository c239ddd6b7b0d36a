import ArgumentParser
import AtomicFiles
import ImageCodecs
import ImagePreparation
import SeedreamClient
import SeedreamModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One run of `seedream prep`.
struct PrepJob: Sendable {
    let command: Prep
    let preparer: ImagePreparer

    func run() async throws {
        do {
            let inputs = try expandedInputs()
            if command.dryRun {
                try dryRun(inputs)
            } else {
                try await prepare(inputs)
            }
        } catch let error as PreparationError {
            Diagnostics().failure(error.description, hint: error.hint)
            throw ExitStatus.usage.code
        } catch let failure as OutputFolder.Failure {
            if command.json {
                try? Terminal.print(
                    JSON.document(PreparationReport(outputFailure: failure.message, hint: failure.hint)))
            }
            Diagnostics().failure(failure.message, hint: failure.hint)
            throw ExitStatus.outputFailed.code
        } catch let error as RequestError {
            Diagnostics().failure("\(error)", hint: error.hint)
            throw ExitStatus.usage.code
        } catch let error as OutputError {
            throw StandardOutput.status(after: error).code
        } catch is CancellationError {
            Terminal.note("interrupted; files already written are whole")
            throw ExitStatus.interrupted.code
        }
    }

    // MARK: Inputs

    /// The inputs, folders replaced by their files under `--each`.
    private func expandedInputs() throws -> [ImageInput] {
        var inputs: [ImageInput] = []
        for argument in command.inputs {
            if command.each, let files = Folder.visibleFiles(in: argument) {
                if files.isEmpty { Diagnostics().note("\(argument): the folder holds no files") }
                inputs += files.map { .file($0) }
            } else {
                inputs.append(ImageInput(argument: argument))
            }
        }
        return inputs
    }

    // MARK: Planning

    private func dryRun(_ inputs: [ImageInput]) throws {
        let plan = command.each ? preparer.planEach(inputs) : try preparer.plan(inputs)
        try Task.checkCancellation()
        let report = PreparationReport(plan)
        try show(report)
        try finish(report, outputFailures: 0)
    }

    // MARK: Preparing

    private func prepare(_ inputs: [ImageInput]) async throws {
        let folder = try command.output.flatMap { path in path == "-" ? nil : path }.map { path in
            try OutputFolder(
                path: path, overwrites: command.overwrite,
                count: command.each
                    ? inputs.count : min(inputs.count, preparer.constraints.maximumInputs))
        }
        var page = try command.report.map { path throws(OutputFolder.Failure) in
            try PrepReport(path: path, replaces: command.overwrite, inputs: inputs)
        }
        let (progress, reporter) = PreparationProgress.makeStream()
        async let line: Void = ProgressLine.follow(progress)
        var collected = Collected()
        if command.each {
            try await preparer.prepareEach(inputs, reportingTo: reporter) { outcome in
                try await take(outcome, folder, into: &collected, &page)
            }
        } else {
            let batch = try await preparer.prepare(inputs, failures: .collect, reportingTo: reporter)
            collected.dropped = batch.dropped
            if let provider = command.payload, batch.failed.isEmpty { try printPayload(batch, for: provider) }
            let outcomes =
                batch.images.map { PreparationOutcome.prepared($0) } + batch.failed.map { .failed($0) }
            for outcome in outcomes.sorted(by: { $0.index < $1.index }) {
                try await take(outcome, folder, into: &collected, &page)
            }
        }
        await line
        let report = PreparationReport(
            images: collected.images, failed: collected.failed, dropped: collected.dropped)
        try show(report)
        page?.add(report.dropped)
        try await page?.write()
        try finish(report, outputFailures: collected.outputFailures)
    }

    /// The body of the request, streamed: its base64 is made as it is written.
    private func printPayload(_ batch: PreparedBatch, for provider: ProviderID) throws {
        let request = GenerationRequest(
            prompt: command.prompt ?? "", images: batch.images.map { .prepared($0) })
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

    private struct Collected {
        var images: [ImageRecord] = []
        var failed: [FailureRecord] = []
        var dropped: [DroppedInput] = []
        var outputFailures = 0
    }

    /// Writes what was prepared and remembers its record.
    private func take(
        _ outcome: PreparationOutcome, _ folder: OutputFolder?, into collected: inout Collected,
        _ page: inout PrepReport?
    ) async throws {
        switch outcome {
        case .failed(let input):
            collected.failed.append(FailureRecord(input))
            page?.add(FailureRecord(input))
        case .prepared(let image):
            let path = folder?.path(
                number: command.each ? image.index + 1 : image.position, name: image.source.name,
                mediaType: image.mediaType)
            do throws(OutputFolder.Failure) {
                if let folder, let path { try folder.write(image.bytes, to: path) }
                // People are shown no digest, so none is taken for them.
                collected.images.append(
                    ImageRecord(image, path: path, includesDigest: command.json || command.ndjson))
            } catch {
                collected.outputFailures += 1
                let failure = FailureRecord(image, outputFailure: error.message, hint: error.hint)
                collected.failed.append(failure)
                page?.add(failure)
                return
            }
            try await page?.add(image, path: path)
            if command.output == "-" {
                try image.bytes.withBytes { try Terminal.write($0, to: STDOUT_FILENO) }
            } else if command.dataURI {
                try image.dataURI.write { (chunk: UnsafeRawBufferPointer) throws(OutputError) in
                    try Terminal.write(chunk, to: STDOUT_FILENO)
                }
                try Terminal.print("")
            }
        }
        if command.ndjson, command.each { try showLast(of: collected, outcome) }
    }

    // MARK: Showing

    /// With `--each --ndjson`, records appear as soon as they are known.
    private func showLast(of collected: Collected, _ outcome: PreparationOutcome) throws {
        if let image = collected.images.last, image.index == outcome.index {
            try Terminal.print(JSON.line(image))
        } else if let failure = collected.failed.last {
            try Terminal.print(JSON.line(failure))
        }
    }

    private func show(_ report: PreparationReport) throws {
        if command.json {
            try Terminal.print(JSON.document(report))
        } else if command.ndjson {
            guard !command.each || command.dryRun else { return }
            let lines =
                try report.images.map { (index: $0.index, line: try JSON.line($0)) }
                + report.failed.map { (index: $0.index, line: try JSON.line($0)) }
            for record in lines.sorted(by: { $0.index < $1.index }) { try Terminal.print(record.line) }
        } else if !command.dataURI, command.payload == nil, command.output != "-" {
            for line in ImageTable.lines(
                images: report.images, failed: report.failed, numbersInputs: command.each)
            {
                try Terminal.print(line)
            }
        }
    }

    /// Says what went wrong, and ends with the code for it.
    private func finish(_ report: PreparationReport, outputFailures: Int) throws {
        let diagnostics = Diagnostics()
        diagnostics.notices(of: report)
        for failure in report.failed { diagnostics.failure(failure) }
        if outputFailures > 0 { throw ExitStatus.outputFailed.code }
        if report.failed.isEmpty {
            if report.images.isEmpty { throw ExitStatus.noUsableInput.code }
            return
        }
        throw report.images.isEmpty ? ExitStatus.noUsableInput.code : ExitStatus.someFailed.code
    }
}
