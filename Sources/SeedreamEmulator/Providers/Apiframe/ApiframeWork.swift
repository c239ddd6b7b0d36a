import Pixels
import SeedreamModel

/// What a job does: reads the inputs, makes the picture, and settles the ledger.
struct ApiframeWork: Sendable {
    let bench: Workbench
    let input: ApiframeInput
    let jobID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int
    let webhook: ApiframeWebhook?

    /// Where the result lies behind the media host.
    var path: String {
        "images/\(jobID)-1.\(input.mediaType(bench.configuration.openPoints).fileExtension)"
    }

    func run() async -> JobOutcome {
        let reports = Task { await reportProgress() }
        defer { reports.cancel() }
        do {
            return try await bench.settling(jobID, make)
        } catch {
            return JobOutcome(body: nil, error: (error as? ApiframeFailure ?? .internalError).message)
        }
    }

    private func make() async throws -> JobOutcome {
        switch fate {
        case .fails: throw ApiframeFailure.internalError
        case .moderated: throw ApiframeFailure.moderated
        case .hangs: try await Task.sleep(for: .seconds(86_400))
        case .normal, .vanishes: break
        }
        let open = bench.configuration.openPoints
        guard input.images.count <= open.apiframeMaximumInputs else {
            throw ApiframeFailure(
                words:
                    "image_input takes at most \(open.apiframeMaximumInputs) images, got \(input.images.count)"
            )
        }
        let pictures: [InputPicture]
        do throws(Workbench.RefusedInput) {
            pictures = try await bench.pictures(
                input.images, limits: Self.limits(open), requestID: jobID, logNumber: logNumber)
        } catch {
            throw ApiframeFailure(words: error.violation.message)
        }
        let order = PictureOrder(
            prompt: input.prompt, inputs: pictures,
            size: try input.outputSize(inputs: pictures.map(\.size), automatic: open.automaticSize), count: 1,
            seed: input.seed(open) ?? Int.random(in: 1...Int(Int32.max)), mediaType: input.mediaType(open))
        let path = path
        let products = try await bench.studio.make(order) { _ in path }
        let urls = products.map { JSONValue.string(origin.url(.apiframeMedia, $0.file.path)) }
        let result: JSONValue =
            switch open.apiframeResult {
            case .object: ["images": .array(urls)]
            case .string: urls.first ?? .null
            }
        return JobOutcome(
            body: result, pictures: products.count, cost: Double(products.count * ApiframeModel.credits))
    }

    /// Sends a webhook at each quarter of the time that the picture takes at least.
    private func reportProgress() async {
        guard let webhook else { return }
        for progress in [25, 50, 75] {
            do {
                try await Pause.sleep(seconds: bench.configuration.generationTime / 4)
            } catch {
                return
            }
            await webhook.send(
                "progress",
                [
                    "jobId": .string(jobID), "status": "PROCESSING", "progress": .integer(progress),
                    "model": .string(input.model.rawValue),
                ])
        }
    }

    /// What uploads may be is what is stated; sides, area and ratio are ByteDance's.
    private static func limits(_ open: OpenPoints) -> InputLimits {
        InputLimits(
            formats: Set(ApiframeUploads.formats), maximumBytes: open.apiframeMaximumUpload,
            maximumAspectRatio: open.maximumAspectRatio)
    }
}
