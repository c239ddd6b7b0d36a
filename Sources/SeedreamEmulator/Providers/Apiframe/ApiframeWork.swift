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
            let result = try await make()
            await bench.ledger.bill(jobID, images: 1, cost: Double(ApiframeModel.credits))
            return JobOutcome(body: result, pictures: 1, cost: Double(ApiframeModel.credits))
        } catch {
            await bench.ledger.release(jobID)
            return JobOutcome(body: nil, error: (error as? ApiframeFailure ?? .internalError).message)
        }
    }

    private func make() async throws -> JSONValue {
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
        var pictures: [InputPicture] = []
        for image in input.images {
            do throws(InputViolation) {
                pictures.append(try await bench.inputs.picture(image, limits: Self.limits(open)))
            } catch {
                throw ApiframeFailure(words: error.message)
            }
        }
        await bench.log.note(inputs: pictures, of: logNumber)
        await bench.ledger.note(inputs: pictures.map(\.sha256), of: jobID)
        let order = PictureOrder(
            prompt: input.prompt, inputs: pictures,
            size: try input.outputSize(inputs: pictures.map(\.size), automatic: open.automaticSize), count: 1,
            seed: input.seed(open) ?? Int.random(in: 1...Int(Int32.max)), mediaType: input.mediaType(open))
        let path = path
        let products = try await bench.studio.make(order) { _ in path }
        let urls = products.map { JSONValue.string(origin.url(.apiframeMedia, $0.file.path)) }
        switch open.apiframeResult {
        case .object: return ["images": .array(urls)]
        case .string: return urls.first ?? nil
        }
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
