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

    /// The price of an image in US dollars, as other sellers list it (read 2026-11); fal's own page
    /// was not read.
    private static let price = 0.03
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
        let input = try FalInput(body, model: model)
        if case .pixels(let size) = input.size,
            !OutputSize.isWithin(ratio: state.configuration.ambiguities.maximumOutputRatio, size)
        {
            throw FalError.model(
                ["body", "image_size"], "The aspect ratio of the image size is too extreme: \(size)",
                "downstream_service_error", input: body["image_size"], status: 400)
        }
        let inputs: [InputImage]
        do throws(EmulatorState.RefusedInput) {
            inputs = try await state.readInputs(
                input.imageURLs, limits: Self.limits(state.configuration.ambiguities), requestID: requestID,
                logNumber: logNumber)
        } catch {
            throw FalError(
                error.violation, index: input.firstUsed + error.index,
                input: .string(input.imageURLs[error.index]))
        }
        let seed = input.seed ?? Int.random(in: 1...Int(Int32.max))
        let open = state.configuration.ambiguities
        let order = ImageOrder(
            prompt: input.prompt, inputs: inputs,
            size: input.outputSize(first: inputs.first?.size, ambiguities: open), count: input.generations,
            seed: seed, mediaType: MediaType(rawValue: open.resultType) ?? .png)
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
            ], images: stored.count, cost: Double(stored.count) * Self.price)
    }

    private static func limits(_ open: Ambiguities) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .gif, .avif], maximumBytes: 10_000_000,
            maximumURILength: open.falMaximumDataURI, maximumAspectRatio: open.maximumAspectRatio)
    }
}
