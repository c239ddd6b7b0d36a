package import HTTPTypes
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AIML API: one synchronous endpoint for edits and text-to-image, selected by the model ID. The
/// numbers are from its published schemas; see `docs/providers.md`, "AIML API".
package struct AIMLProvider: Provider {
    package let id = ProviderID.aiml

    package let limits: ProviderLimits = {
        var limits = ProviderLimits()
        limits.fields = [.count, .seed, .safetyChecker, .guidanceScale, .syncMode, .responseFormat]
        limits.presets = SizePreset.allCases.filter { $0.pixels != nil }
        limits.promptCharacters = 1...4000
        limits.deliversInline = true
        // `images` and `data` contain the same images.
        limits.inlineCopies = 2
        return limits
    }()

    private static let operation = APIOperation.aiml(.generate)

    package init() {}

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = try RequestChecks(request, id, limits, in: context)
        let count = try checks.checkCommon().count
        if let seed = request.seed, seed < 1 {
            throw RequestError(
                field: "seed", message: "expected 1 or more, found \(seed)",
                hint: "AIML API rejects other seeds")
        }
        let instead = "the provider decides how to rewrite the prompt"
        _ = (try checks.layers(), try checks.enhancement(instead: instead))
        _ = try checks.resultFormat(with: try checks.resultBackground())
        var safetyChecker = request.safetyChecker
        if safetyChecker != nil,
            try !checks.sends(
                .safetyChecker, "safetyChecker", instead: "the provider decides what to check")
        {
            safetyChecker = nil
        }
        let wanted = try checks.offeredSize()
        let size = try checks.size(of: wanted)
        let isInline = request.delivery == .inline
        let usesFormat = checks.support(of: .responseFormat) == .has
        let body = AIMLRequest(
            model: checks.model, prompt: request.prompt, images: images,
            size: size.map { .size($0.asked) } ?? .string(wanted.description),
            count: checks.states(.count, unlessDefault: count == 1) ? count : nil,
            seed: try checks.seed(), guidanceScale: try checks.guidanceScale(),
            isSynchronous: isInline && !usesFormat,
            format: isInline && usesFormat ? "b64_json" : nil, safetyChecker: safetyChecker)
        var fields = HTTPFields()
        // For the provider's support only; it does not make the request idempotent.
        fields.put(UUID().uuidString.lowercased(), as: "X-Client-Request-Id")
        return RequestDraft(
            model: checks.model, entry: checks.entry, operation: Self.operation,
            url: "\(context.endpoints.api)/v1/images/generations", fields: fields, body: body.wire,
            warnings: checks.warnings, predictedSize: size?.predicted, outputs: count...count,
            generations: count,
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
        // 201 was documented in 2025, 200 is documented now.
        guard reply.isSuccess else { throw error(reply, failure, Self.operation) }
        if let failure, (failure.statusCode ?? 0) >= 400 { throw error(reply, failure, Self.operation) }
        let requestID = requestID(of: reply, failure)
        guard let made = AIMLReply(reply, json) else {
            throw FailureReport(
                operation: Self.operation, reply: reply, requestID: requestID
            ).badReply(expected: "JSON with images in \"data\" or \"images\"")
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
            // Its documentation of errors has only one meaning for 403: "You've run out of
            // credits".
            case 403: verdict.category = .credits
            default: break
            }
            // The form of a content rejection is not documented. fal's words are likely, as these
            // are fal's models.
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

/// The body of `POST /v1/images/generations`, from the schemas of AIML's documentation. It is not
/// stated whether other fields are ignored or rejected, so only those that a model has are sent.
struct AIMLRequest {
    var model: String
    var prompt: String
    /// Empty for text-to-image, whose schema has no such field.
    var images: [ImageReference]
    /// A preset's name, or `width` and `height`. With the provider's default, 1024x1024, every
    /// result would be square.
    var size: WireValue
    var count: Int?
    var seed: Int?
    var guidanceScale: Double?
    /// Whether `url` contains a data URI: `sync_mode`, of Seedream 4.0.
    var isSynchronous: Bool
    /// The form of results, of the later models: `b64_json`, or `nil` for the default `url`.
    var format: String?
    /// Sent if set; the provider's default is on.
    var safetyChecker: Bool?

    var wire: WireValue {
        .members(
            ("model", .string(model)), ("prompt", .string(prompt)),
            ("image_urls", images.isEmpty ? nil : .array(images.map(\.wire))), ("image_size", size),
            ("num_images", count.map { .integer($0) }), ("seed", seed.map { .integer($0) }),
            ("guidance_scale", guidanceScale.map { .number($0) }),
            ("sync_mode", isSynchronous ? true : nil),
            ("response_format", format.map { .string($0) }),
            ("enable_safety_checker", safetyChecker.map { .bool($0) }))
    }
}

/// The result of AIML. It contains the images twice, as `data` and as fal's `images`: the first
/// list with images is used.
struct AIMLReply {
    var images: [GeneratedImage]
    /// The messages about items without an image.
    var failures: [String]
    var seed: Int?
    var usage: Usage

    /// Returns `nil` if there is no image.
    init?(_ reply: HTTPReply, _ json: JSONValue?) {
        let list = reply.images(under: ["data", "images"])
        guard !list.images.isEmpty else { return nil }
        (images, failures) = list
        seed = json?["seed"]?.integer
        usage = Usage()
        // Present is one of the three, depending on model and year; the header fields are newer.
        let said = json?["meta"]?["usage"]
        usage.credits =
            said?["credits_used"]?.number ?? Self.number("x-aimlapi-credits-used", in: reply)
        usage.tokens = said?["tokens_used"]?.integer
        usage.usDollars =
            said?["usd_spent"]?.number ?? Self.number("x-aimlapi-usd-spent", in: reply)
    }

    /// Returns a header field's number if it is finite.
    private static func number(_ name: String, in reply: HTTPReply) -> Double? {
        reply.field(name).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }
}

/// An error reply of AIML: `message`, `path`, `requestId`, `statusCode`, `timestamp`, all of which
/// are optional.
struct AIMLFailure {
    var message: String?
    /// A string in AIML's documentation, an integer in an actual reply.
    var statusCode: Int?
    var requestID: String?

    /// Returns `nil` if the body is not a JSON object.
    init?(_ json: JSONValue?) {
        guard let json, json.object != nil else { return nil }
        message = json["message"]?.string
        statusCode = json["statusCode"]?.integer ?? json["statusCode"]?.string.flatMap { Int($0) }
        requestID = json["requestId"]?.string
    }
}
