import ImageCodecs
import Pixels
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The work of fal's model on one input, for synchronous and queued requests.
struct FalWork: Sendable {
    let state: EmulatorState
    let model: FalModel
    let body: JSONValue
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int
    let lifetime: Double?

    /// The price in US dollars of an image whose price is unknown: that of Seedream 4, a guess.
    private static let unknownPrice = 0.03
    /// The folder in which fal's CDN keeps files.
    static let folder = "files/b/0a8c9d5e"

    /// Performs the work and settles the ledger.
    func run() async -> JobOutcome {
        do {
            return try await state.settle(requestID, make)
        } catch {
            let failure =
                error as? FalError
                ?? .model(["body"], "Internal server error", "internal_server_error", status: 500)
            return failure.outcome(requestID: requestID)
        }
    }

    private func make() async throws -> JobOutcome {
        switch fate {
        case .fails:
            throw FalError.model(["body"], "Internal server error", "internal_server_error", status: 500)
        case .moderated:
            throw FalError.model(
                ["body", "prompt"],
                "The content could not be processed because it contained material flagged by a content checker.",
                "content_policy_violation", input: body["prompt"])
        case .hangs: try await Task.sleep(for: .seconds(86_400))
        case .normal, .vanishes: break
        }
        let open = state.configuration.ambiguities
        let input = try FalInput(body, model: model, ambiguities: open)
        if case .pixels(let size) = input.size,
            !OutputSize.isWithin(ratio: model.entry.maximumOutputRatio(open), size)
        {
            throw FalError.model(
                ["body", "image_size"], "The aspect ratio of the image size is too extreme: \(size)",
                "downstream_service_error", input: body["image_size"], status: 400)
        }
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.imageURLs, limits: limits(open), requestID: requestID, logNumber: logNumber)
        } catch {
            throw FalError(
                error.violation, index: input.firstUsed + error.index,
                input: .string(input.imageURLs[error.index]))
        }
        if input.isTransparent, let problem = model.entry.transparencyProblem(in: inputs) {
            // ByteDance's own refusal, which fal passes on as an error of a downstream service.
            throw FalError.model(
                ["body", "background"], problem.message, "downstream_service_error",
                input: body["background"], status: 400)
        }
        let seed = input.seed ?? Int.random(in: 1...Int(Int32.max))
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, ambiguities: open), count: input.generations,
            seed: seed, mediaType: input.mediaType(open), isTransparent: input.isTransparent
        ).followed(open)
        let stored = try await state.generator.make(order, lifetime: lifetime) { _ in
            "\(Self.folder)/\(Identifier.digits()).\(order.mediaType.fileExtension)"
        }
        let images: [JSONValue] = stored.map { image in
            let url =
                input.isInline ? image.dataURI : origin.url(.falCDN, image.file.path)
            return [
                "url": .string(url), "content_type": .string(image.file.mediaType), "file_name": nil,
                "file_size": .integer(image.file.byteCount), "width": nil, "height": nil,
            ]
        }
        return JobOutcome(
            body: ["images": .array(images), "seed": .integer(seed)],
            headers: [
                ("x-fal-request-id", requestID), ("X-Fal-Billable-Units", "\(stored.count)"),
            ], images: stored.count, cost: cost(order))
    }

    /// Returns the cost of an order in US dollars, by the model's row in the table.
    private func cost(_ order: ImageOrder) -> Double {
        let request = PriceRule.Order(
            outputs: order.count, area: order.size.area, inputs: order.inputs.count, generations: order.count)
        guard let rule = model.entry.price?.value, rule.unit == .usDollars,
            let cost = rule.worstCost(of: request)
        else { return Double(order.count) * Self.unknownPrice }
        return cost
    }

    /// Returns the limits on inputs. The table's bytes are a client's, for data URIs; fal's own are
    /// not stated, and ByteDance's are a guess.
    private func limits(_ open: Ambiguities) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .gif, .avif], maximumBytes: 10_000_000,
            maximumURILength: open.falMaximumDataURI,
            maximumAspectRatio: model.entry.maximumInputRatio(open))
    }
}
