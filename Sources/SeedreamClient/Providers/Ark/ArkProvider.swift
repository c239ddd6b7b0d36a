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
        var limits = ProviderLimits()
        limits.fields = [
            .imagesPerGeneration, .seed, .enhancementStandard, .enhancementFast, .guidanceScale,
            .resultFormat, .background, .backgroundOfInput, .layers, .responseFormat,
        ]
        limits.deliversInline = true
        limits.resultLifetime = 86_400
        return limits
    }()

    private static let operation = APIOperation.ark(.generate)

    package init() {}

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "Bearer \(key.secret)"
    }

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = try RequestChecks(request, id, limits, in: context)
        let each = try checks.checkCommon().imagesPerGeneration
        let seed = try checks.seed()
        // `true` is the provider's fixed behavior.
        if request.safetyChecker == false {
            try checks.leaveOut("safetyChecker", instead: "the provider always checks")
        }
        let enhancement = try checks.enhancement(
            instead: "the provider decides how to rewrite the prompt")
        let length = PromptLength(request.prompt)
        if length.isBeyondAdvice {
            checks.warn(
                .longPrompt, "prompt",
                "found \(length.words) words and \(length.ideographs) Chinese characters: Ark recommends at most 600 words or 300 characters"
            )
        }
        let layers = try checks.layers()
        let (size, predicted) = try size(&checks, isLayered: layers != nil)
        let isInline = request.delivery == .inline
        var body = ArkRequest(
            model: checks.model, prompt: request.prompt, images: images, size: size, maximumImages: each,
            format: isInline ? "b64_json" : "url", hasWatermark: context.options.arkWatermark,
            enhancement: enhancement?.rawValue)
        (body.seed, body.guidanceScale) = (seed, try checks.guidanceScale())
        (body.background, body.splitsLayers) = (try checks.resultBackground(), layers != nil)
        // Layers other than the base image are transparent.
        body.resultFormat =
            try checks.resultFormat(with: body.background) ?? (layers == nil ? nil : .png)
        var fields = HTTPFields()
        // Sent by the provider's own library; for its support only.
        fields.put(UUID().uuidString.lowercased(), as: "X-Client-Request-Id")
        return RequestDraft(
            model: checks.model, entry: checks.entry, operation: Self.operation,
            url: "\(context.endpoints.api)/api/v3/images/generations", fields: fields, body: body.wire,
            warnings: checks.warnings, predictedSize: predicted, outputs: 1...(layers ?? each),
            isLayered: layers != nil, isInline: isInline)
    }

    /// Returns the size to ask for. Layers have the size of the image, unless another is asked for.
    private func size(_ checks: inout RequestChecks, isLayered: Bool)
        throws(RequestError) -> (wire: String, predicted: PixelSize?)
    {
        if isLayered, checks.request.size == .matchFirstImage(.k2) { return ("auto", nil) }
        let wanted = try checks.offeredSize()
        guard let size = try checks.size(of: wanted) else {
            // Ark has no presets.
            throw RequestError(
                field: "size", message: "expected pixels or an aspect ratio, found \(wanted)",
                hint: "ask Ark for 16:9@2K, or for 2048x2048")
        }
        return (size.asked.description, size.predicted)
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

/// The body of `POST /api/v3/images/generations`. `stream` is not used.
struct ArkRequest {
    var model: String
    var prompt: String
    var images: [ImageReference]
    /// In pixels, as the aspect ratio of `1K`, `2K` and `4K` is decided by the provider; `auto` for
    /// layers.
    var size: String
    /// If above 1, requests a set of up to this number of images.
    var maximumImages: Int
    /// The form of results: `url` or `b64_json`.
    var format: String
    /// Always sent: the provider's default is on.
    var hasWatermark: Bool
    /// The mode of prompt enhancement: `standard` or `fast`.
    var enhancement: String?
    var seed: Int?
    var guidanceScale: Double?
    var resultFormat: ResultFormat?
    var background: ResultBackground?
    var splitsLayers = false

    var wire: WireValue {
        let isSet = maximumImages > 1
        return .members(
            ("model", .string(model)), ("prompt", prompt.isEmpty ? nil : .string(prompt)),
            ("image", image), ("size", .string(size)),
            // 5.0 Pro and Flash answer 400 to any value, `disabled` included, which is the default.
            ("sequential_image_generation", isSet ? "auto" : nil),
            (
                "sequential_image_generation_options",
                isSet ? .members(("max_images", .integer(maximumImages))) : nil
            ),
            ("response_format", .string(format)), ("watermark", .bool(hasWatermark)),
            ("optimize_prompt_options", enhancement.map { .members(("mode", .string($0))) }),
            ("seed", seed.map { .integer($0) }), ("guidance_scale", guidanceScale.map { .number($0) }),
            ("output_format", resultFormat.map { .string($0.rawValue) }),
            ("background", background.map { .string($0.rawValue) }),
            ("layer_decomposition", splitsLayers ? true : nil))
    }

    /// A string for one image, an array for several.
    private var image: WireValue? {
        images.count > 1 ? .array(images.map(\.wire)) : images.first?.wire
    }
}
