package import HTTPTypes
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AIML API: one synchronous URL for edits and text-to-image; the model's id decides which. Numbers
/// are those of the schemas that it publishes; `contracts/providers.md`, section 3.
package struct AIMLProvider: Provider {
    package let id = ProviderID.aiml

    package let limits: ProviderLimits = {
        var limits = ProviderLimits(
            editModel: "bytedance/seedream-v4-edit", generateModel: "bytedance/seedream-v4-text-to-image")
        limits.counts = 1...4
        limits.promptCharacters = 1...4000
        // So large a side that the areas of Seedream 4 follow.
        limits.sides = 1024...4096
        limits.deliversInline = true
        // `images` and `data` hold the same.
        limits.inlineCopies = 2
        return limits
    }()

    private static let operation = APIOperation.aiml(.generate)

    package init() {}

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = RequestChecks(request, id, limits, isLenient: context.isLenient)
        let count = try checks.checkCommon().count
        let model = try checks.model()
        if let seed = request.seed, seed < 1 {
            throw RequestError(
                field: "seed", message: "expected 1 or more, found \(seed)",
                hint: "AIML API refuses other seeds")
        }
        if request.enhancement != nil {
            try checks.leaveOut("enhancement", instead: "the host rewrites the prompt as it likes")
        }
        let wanted = try checks.sizeWithoutAutomatic()
        let size = try checks.size(of: wanted)
        let isInline = request.delivery == .inline
        let body = AIMLRequest(
            model: model, prompt: request.prompt, images: images,
            size: size.map { .size($0.asked) } ?? .string(wanted.description), count: count,
            seed: request.seed, isInline: isInline, safetyChecker: request.safetyChecker)
        var fields = HTTPFields()
        // For the host's support only: it makes nothing idempotent.
        fields.put(UUID().uuidString.lowercased(), as: "X-Client-Request-Id")
        return RequestDraft(
            model: model, operation: Self.operation,
            url: "\(context.endpoints.api)/v1/images/generations", fields: fields, body: body.wire,
            warnings: checks.warnings, predictedSize: size?.predicted, outputs: count...count,
            isInline: isInline)
    }

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "Bearer \(key.secret)"
    }

    package func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    { .finished(try result(in: reply)) }

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        let json = reply.json
        let failure = AIMLFailure(json)
        // 201 was documented in 2025, 200 is now.
        guard reply.isSuccess else { throw error(reply, failure, Self.operation) }
        if let failure, (failure.statusCode ?? 0) >= 400 { throw error(reply, failure, Self.operation) }
        let requestID = requestID(of: reply, failure)
        guard let made = AIMLReply(reply, json) else {
            throw FailureReport(
                operation: Self.operation, reply: reply, requestID: requestID
            ).badReply(expected: "JSON with pictures in \"data\" or \"images\"")
        }
        return GenerationResult(
            images: made.images, seed: made.seed, requestID: requestID, usage: made.usage,
            failures: made.failures)
    }

    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        error(reply, AIMLFailure(reply.json), operation)
    }

    private func error(_ reply: HTTPReply, _ failure: AIMLFailure?, _ operation: APIOperation) -> ClientError
    {
        let status = reply.isSuccess ? failure?.statusCode ?? reply.status : reply.status
        var verdict = ReplyVerdict(status: status, isJSON: failure != nil)
        if let failure {
            switch status {
            // Its page of errors has one text for 403: "You've run out of credits".
            case 403: verdict.category = .credits
            default: break
            }
            // How a refusal of the content looks is not documented; fal's words are to be expected,
            // whose models these are.
            if [400, 403, 422].contains(status), ModerationWords.appear(in: failure.message ?? "") {
                verdict.category = .moderation
            }
        }
        let report = FailureReport(
            operation: operation, reply: reply, requestID: requestID(of: reply, failure))
        return report.error(verdict, message: failure?.message)
    }

    private func requestID(of reply: HTTPReply, _ failure: AIMLFailure?) -> String? {
        reply.field("x-inference-id") ?? failure?.requestID
    }
}
