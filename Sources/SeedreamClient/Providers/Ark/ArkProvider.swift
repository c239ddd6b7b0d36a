package import HTTPTypes
import Pixels
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// ByteDance's own service, BytePlus ModelArk (Volcengine Ark in China): synchronous; see
/// `docs/providers.md`, "Ark".
package struct ArkProvider: Provider {
    package let id = ProviderID.ark

    package let limits: ProviderLimits = {
        // The model ID in China is prefixed with `doubao-`.
        var limits = ProviderLimits(
            editModel: "seedream-4-0-250828", generateModel: "seedream-4-0-250828")
        // The newest documentation says 14; quotations of Volcengine's for 4.0 say 10.
        limits.maximumImages = 10
        limits.imagesPerGeneration = 1...15
        limits.maximumInputsAndOutputs = 15
        limits.area = 921_600...16_777_216
        limits.deliversInline = true
        limits.resultLifetime = 86_400
        return limits
    }()

    private static let operation = APIOperation.ark(.generate)
    /// The maximum ratio of the long to the short side of a result.
    private static let maximumRatio = 16

    package init() {}

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "Bearer \(key.secret)"
    }

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = RequestChecks(request, id, limits, isLenient: context.isLenient)
        let most = try checks.checkCommon().imagesPerGeneration
        let model = try checks.model()
        if request.seed != nil {
            try checks.leaveOut("seed", instead: "each request gives another image")
        }
        // `true` is the provider's fixed behavior.
        if request.safetyChecker == false {
            try checks.leaveOut("safetyChecker", instead: "the provider always checks")
        }
        var enhancement = request.enhancement
        if enhancement == .off {
            try checks.leaveOut("enhancement", instead: "the provider decides how to rewrite the prompt")
            enhancement = nil
        }
        let length = PromptLength(request.prompt)
        if length.isBeyondAdvice {
            checks.warn(
                .longPrompt, "prompt",
                "found \(length.words) words and \(length.ideographs) Chinese characters: Ark recommends at most 600 words or 300 characters"
            )
        }
        let size = try size(&checks)
        let isInline = request.delivery == .inline
        let body = ArkRequest(
            model: model, prompt: request.prompt, images: images, size: size, maximumImages: most,
            format: isInline ? "b64_json" : "url", hasWatermark: context.options.arkWatermark,
            enhancement: enhancement?.rawValue)
        var fields = HTTPFields()
        // Sent by the provider's own library; for its support only.
        fields.put(UUID().uuidString.lowercased(), as: "X-Client-Request-Id")
        return RequestDraft(
            model: model, operation: Self.operation,
            url: "\(context.endpoints.api)/api/v3/images/generations", fields: fields, body: body.wire,
            warnings: checks.warnings, predictedSize: size, outputs: 1...most, isInline: isInline)
    }

    /// Returns the size in px. Unlike its resellers, the provider rejects small sizes instead of
    /// enlarging them.
    private func size(_ checks: inout RequestChecks) throws(RequestError) -> PixelSize {
        let wanted = try checks.sizeWithoutPresets()
        let asked = try checks.size(of: wanted)?.asked
        guard let asked, let area = limits.area, area.contains(asked.area) else {
            let found = asked.map { "\($0) (\($0.area) px²)" } ?? "\(wanted)"
            throw RequestError(
                field: "size", message: "expected 921600 to 16777216 px², found \(found)",
                hint: "ask Ark for 960x960 or more, or for an aspect ratio such as 16:9@2K")
        }
        guard asked.longSide <= Self.maximumRatio * asked.shortSide else {
            throw RequestError(
                field: "size", message: "expected an aspect ratio of 1:16 to 16:1, found \(asked)",
                hint: "ask Ark for a less extreme aspect ratio")
        }
        return asked
    }

    package func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    { .finished(try result(in: reply)) }

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        let json = reply.json
        let failure = OpenAIError(json)
        guard reply.isSuccess, failure == nil else { throw error(reply, failure, json, Self.operation) }
        let made = ArkReply(reply, json)
        guard !made.images.isEmpty else {
            guard let first = made.failures.first else {
                throw report(reply, Self.operation).badReply(expected: "JSON with images in \"data\"")
            }
            var error = error(reply, first, json, Self.operation)
            // The number of images that the provider bills.
            error.purchase = made.billed == 0 ? .notTaken : .unknown
            throw error
        }
        var usage = Usage()
        usage.tokens = made.tokens
        return GenerationResult(
            images: made.images, requestID: reply.field("x-request-id"), usage: usage, failures: made.lines)
    }

    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        return error(reply, OpenAIError(json), json, operation)
    }

    private func error(
        _ reply: HTTPReply, _ failure: OpenAIError?, _ json: JSONValue?, _ operation: APIOperation
    ) -> ClientError {
        // An error in a reply of status 200: the provider failed, after an unknown amount of work.
        var verdict = ReplyVerdict(
            status: reply.isSuccess && failure != nil ? 500 : reply.status, isJSON: json?.object != nil)
        if let category = failure?.arkCategory { verdict.category = category }
        verdict.isRetryable = verdict.category == .rateLimit
        return report(reply, operation).error(
            verdict, code: failure?.code, message: failure?.message, field: failure?.parameter)
    }

    private func report(_ reply: HTTPReply, _ operation: APIOperation) -> FailureReport {
        FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id"))
    }
}

/// The length of a prompt as counted in Ark's recommendation: at most 600 English words, or 300
/// Chinese characters.
struct PromptLength {
    /// The number of words, separated by white space.
    let words: Int
    /// The number of ideographs.
    let ideographs: Int

    init(_ prompt: String) {
        words = prompt.split(whereSeparator: \.isWhitespace).count
        ideographs = prompt.unicodeScalars.count { $0.properties.isIdeographic }
    }

    var isBeyondAdvice: Bool { words > 600 || ideographs > 300 }
}

/// The body of `POST /api/v3/images/generations` for Seedream 4.0. Version 4.0 has no `seed`, and
/// `stream` is not used.
struct ArkRequest {
    var model: String
    var prompt: String
    var images: [ImageReference]
    /// Always in pixels: the aspect ratio of `1K`, `2K` and `4K` is decided by the provider.
    var size: PixelSize
    /// If above 1, requests a set of up to this number of images.
    var maximumImages: Int
    /// The form of results: `url` or `b64_json`.
    var format: String
    /// Always sent: the provider's default is on.
    var hasWatermark: Bool
    /// The mode of prompt enhancement: `standard` or `fast`.
    var enhancement: String?

    var wire: WireValue {
        let isSet = maximumImages > 1
        return .members(
            ("model", .string(model)), ("prompt", .string(prompt)), ("image", image),
            ("size", .string(size.description)),
            ("sequential_image_generation", isSet ? "auto" : "disabled"),
            (
                "sequential_image_generation_options",
                isSet ? .members(("max_images", .integer(maximumImages))) : nil
            ),
            ("response_format", .string(format)), ("watermark", .bool(hasWatermark)),
            ("optimize_prompt_options", enhancement.map { .members(("mode", .string($0))) }))
    }

    /// A string for one image, an array for several.
    private var image: WireValue? {
        images.count > 1 ? .array(images.map(\.wire)) : images.first?.wire
    }
}
