package import HTTPTypes
import Pixels
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// ByteDance's own host, BytePlus ModelArk (Volcengine Ark in China): synchronous;
/// `contracts/providers.md`, section 6.
package struct ArkProvider: Provider {
    package let id = ProviderID.ark

    package let limits: ProviderLimits = {
        // China's id has `doubao-` before it.
        var limits = ProviderLimits(
            editModel: "seedream-4-0-250828", generateModel: "seedream-4-0-250828")
        // The newest document says 14; what cites Volcengine for 4.0 says 10.
        limits.maximumImages = 10
        limits.imagesPerGeneration = 1...15
        limits.maximumInputsAndOutputs = 15
        limits.area = 921_600...16_777_216
        limits.deliversInline = true
        limits.resultLifetime = 86_400
        return limits
    }()

    private static let operation = APIOperation.ark(.generate)
    /// Long to short side of a result.
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
            try checks.leaveOut("seed", instead: "each request gives another picture")
        }
        // `true` is what it does anyway.
        if request.safetyChecker == false {
            try checks.leaveOut("safetyChecker", instead: "the host checks all the same")
        }
        var enhancement = request.enhancement
        if enhancement == .off {
            try checks.leaveOut("enhancement", instead: "the host rewrites the prompt as it likes")
            enhancement = nil
        }
        let length = PromptLength(request.prompt)
        if length.isBeyondAdvice {
            checks.warn(
                .longPrompt, "prompt",
                "\(length.words) words, \(length.ideographs) of the characters Chinese: the host advises at most 600 words or 300 characters"
            )
        }
        let size = try size(&checks)
        let isInline = request.delivery == .inline
        let body = ArkRequest(
            model: model, prompt: request.prompt, images: images, size: size, maximumImages: most,
            format: isInline ? "b64_json" : "url", hasWatermark: context.options.arkWatermark,
            enhancement: enhancement?.rawValue)
        var fields = HTTPFields()
        // As the host's own library sends; for its support only.
        fields.put(UUID().uuidString.lowercased(), as: "X-Client-Request-Id")
        return RequestDraft(
            model: model, operation: Self.operation,
            url: "\(context.endpoints.api)/api/v3/images/generations", fields: fields, body: body.wire,
            warnings: checks.warnings, predictedSize: size, outputs: 1...most, isInline: isInline)
    }

    /// The size in px. Unlike its resellers, the host refuses what is too small instead of
    /// enlarging it.
    private func size(_ checks: inout RequestChecks) throws(RequestError) -> PixelSize {
        let wanted = try checks.sizeWithoutPresets()
        let asked = try checks.size(of: wanted)?.asked
        guard let asked, let area = limits.area, area.contains(asked.area) else {
            let found = asked.map { "\($0) (\($0.area) px²)" } ?? "\(wanted)"
            throw RequestError(
                field: "size", message: "expected 921600 to 16777216 px², found \(found)",
                hint: "ask Ark for 960x960 or more, or for a shape, as 16:9@2K")
        }
        guard asked.longSide <= Self.maximumRatio * asked.shortSide else {
            throw RequestError(
                field: "size", message: "expected a ratio of 1:16 to 16:1, found \(asked)",
                hint: "ask Ark for a shape that is less long")
        }
        return asked
    }

    package func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    { .finished(try result(in: reply)) }

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        let json = reply.json
        let failure = ArkFailure(json)
        guard reply.isSuccess, failure == nil else { throw error(reply, failure, json, Self.operation) }
        let made = ArkReply(reply, json)
        guard !made.images.isEmpty else {
            guard let first = made.failures.first else {
                throw report(reply, Self.operation).badReply(expected: "JSON with pictures in \"data\"")
            }
            var error = error(reply, first, json, Self.operation)
            // The host's own count of what it bills.
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
        return error(reply, ArkFailure(json), json, operation)
    }

    private func error(
        _ reply: HTTPReply, _ failure: ArkFailure?, _ json: JSONValue?, _ operation: APIOperation
    ) -> ClientError {
        // An error that came with 200 has no status of its own: the host failed, after nobody knows
        // how much work.
        var verdict = ReplyVerdict(
            status: reply.isSuccess && failure != nil ? 500 : reply.status, isJSON: json?.object != nil)
        if let category = failure?.category { verdict.category = category }
        verdict.isRetryable = verdict.category == .rateLimit
        return report(reply, operation).error(
            verdict, code: failure?.code, message: failure?.message, field: failure?.parameter)
    }

    private func report(_ reply: HTTPReply, _ operation: APIOperation) -> FailureReport {
        FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id"))
    }
}
