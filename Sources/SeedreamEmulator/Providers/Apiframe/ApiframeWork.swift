import Pixels
import SeedreamModel

/// The work of a job: reads the inputs, generates the image and settles the ledger.
struct ApiframeWork: Sendable {
    let state: EmulatorState
    let input: ApiframeInput
    let jobID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int
    let webhook: ApiframeWebhook?

    /// The path of the result on the media server.
    var path: String {
        "images/\(jobID)-1.\(input.mediaType(state.configuration.ambiguities).fileExtension)"
    }

    func run() async -> JobOutcome {
        let reports = Task { await reportProgress() }
        defer { reports.cancel() }
        do {
            return try await state.settle(jobID, make)
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
        let open = state.configuration.ambiguities
        let maximum = input.model.maximumInputs(open)
        guard input.images.count <= maximum else {
            throw ApiframeFailure(
                words: "image_input takes at most \(maximum) images, got \(input.images.count)")
        }
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.images, limits: limits(open), requestID: jobID, logNumber: logNumber)
        } catch {
            throw ApiframeFailure(words: error.violation.message)
        }
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: try input.outputSize(inputs: inputs.map(\.size), ambiguities: open), count: 1,
            seed: input.seed(open) ?? Int.random(in: 1...Int(Int32.max)), mediaType: input.mediaType(open))
        let path = path
        let stored = try await state.generator.make(order) { _ in path }
        let urls = stored.map { JSONValue.string(origin.url(.apiframeMedia, $0.file.path)) }
        let result: JSONValue =
            switch open.apiframeResult {
            case .object: ["images": .array(urls)]
            case .string: urls.first ?? .null
            }
        return JobOutcome(
            body: result, images: stored.count, cost: Double(stored.count * ApiframeModel.credits))
    }

    /// Sends a webhook after each quarter of the minimum generation time.
    private func reportProgress() async {
        guard let webhook else { return }
        for progress in [25, 50, 75] {
            do {
                try await Pause.sleep(seconds: state.configuration.generationTime / 4)
            } catch {
                return
            }
            await webhook.send(
                "progress",
                [
                    "jobId": .string(jobID), "status": "PROCESSING", "progress": .integer(progress),
                    "model": .string(input.model.id),
                ])
        }
    }

    /// Returns the limits on inputs. The formats and the size are those documented for uploads;
    /// sides, area and ratio are ByteDance's.
    private func limits(_ open: Ambiguities) -> InputLimits {
        InputLimits(
            formats: Set(ApiframeUploads.formats), maximumBytes: open.apiframeMaximumUpload,
            maximumAspectRatio: input.model.entry?.maximumInputRatio(open) ?? open.maximumAspectRatio)
    }
}
