import ImageCodecs
import Pixels
import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What fal's model does with its input, whether it was run or queued.
struct FalWork: Sendable {
    let bench: Workbench
    let model: FalModel
    let body: JSONValue
    let requestID: String
    let origin: Origin
    let fate: JobFate
    let logNumber: Int
    let lifetime: Double?

    /// US dollars for a picture: what other sellers list (read 2026-11); fal's own page was not
    /// read.
    private static let price = 0.03
    /// The folder that fal's CDN keeps files in.
    static let folder = "files/b/0a8c9d5e"

    /// Does it, and settles the ledger.
    func run() async -> JobOutcome {
        do {
            return try await bench.settling(requestID, make)
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
            !OutputSize.isWithin(ratio: bench.configuration.openPoints.maximumOutputRatio, size)
        {
            throw FalError.model(
                ["body", "image_size"], "The aspect ratio of the image size is too extreme: \(size)",
                "downstream_service_error", input: body["image_size"], status: 400)
        }
        let pictures: [InputPicture]
        do throws(Workbench.RefusedInput) {
            pictures = try await bench.pictures(
                input.imageURLs, limits: Self.limits(bench.configuration.openPoints), requestID: requestID,
                logNumber: logNumber)
        } catch {
            throw FalError(
                error.violation, index: input.firstUsed + error.index,
                input: .string(input.imageURLs[error.index]))
        }
        let seed = input.seed ?? Int.random(in: 1...Int(Int32.max))
        let open = bench.configuration.openPoints
        let order = PictureOrder(
            prompt: input.prompt, inputs: pictures,
            size: input.outputSize(first: pictures.first?.size, openPoints: open), count: input.generations,
            seed: seed, mediaType: MediaType(rawValue: open.resultType) ?? .png)
        let products = try await bench.studio.make(order, lifetime: lifetime) { _ in
            "\(Self.folder)/\(Identifier.digits()).\(order.mediaType.fileExtension)"
        }
        let images: [JSONValue] = products.map { product in
            let url =
                input.isInline ? product.dataURI : origin.url(.falCDN, product.file.path)
            return [
                "url": .string(url), "content_type": .string(product.file.mediaType), "file_name": nil,
                "file_size": .integer(product.file.byteCount), "width": nil, "height": nil,
            ]
        }
        return JobOutcome(
            body: ["images": .array(images), "seed": .integer(seed)],
            headers: [
                ("x-fal-request-id", requestID), ("X-Fal-Billable-Units", "\(products.count)"),
            ], pictures: products.count, cost: Double(products.count) * Self.price)
    }

    private static func limits(_ open: OpenPoints) -> InputLimits {
        InputLimits(
            formats: [.jpeg, .png, .webp, .gif, .avif], maximumBytes: 10_000_000,
            maximumURILength: open.falMaximumDataURI, maximumAspectRatio: open.maximumAspectRatio)
    }
}
