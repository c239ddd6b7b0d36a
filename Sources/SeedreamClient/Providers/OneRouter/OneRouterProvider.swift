package import HTTPTypes
package import SeedreamModel

/// OneRouter, now Infron: synchronous, one path for edits and one for text-to-image; see
/// `docs/providers.md`, "OneRouter".
package struct OneRouterProvider: Provider {
    package let id = ProviderID.onerouter

    package let limits: ProviderLimits = {
        var limits = ProviderLimits()
        limits.fields = [
            .count, .seed, .safetyChecker, .enhancementStandard, .enhancementFast, .responseFormat,
        ]
        limits.presets = SizePreset.allCases
        limits.deliversInline = true
        return limits
    }()

    package init() {}

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = try RequestChecks(request, id, limits, in: context)
        let count = try checks.checkCommon().count
        let enhancement = try checks.enhancement(
            instead: "the provider rewrites the prompt in its standard way")
        _ = (try checks.layers(), try checks.guidanceScale())
        _ = try checks.resultFormat(with: try checks.resultBackground())
        let wanted = try checks.offeredSize()
        let size = try checks.size(of: wanted)
        let isInline = request.delivery == .inline
        let body = OneRouterRequest(
            model: checks.model, prompt: request.prompt, images: images,
            size: size.map { .pixels(.size($0.asked)) } ?? .named(wanted.description),
            seed: try checks.seed(), safetyChecker: request.safetyChecker ?? true,
            enhancement: enhancement?.rawValue, count: count, format: isInline ? "b64_json" : "url")
        let isEdit = request.operation == .edit
        return RequestDraft(
            model: checks.model, entry: checks.entry,
            operation: isEdit ? .onerouter(.edit) : .onerouter(.generate),
            url: "\(context.endpoints.api)/v1/images/\(isEdit ? "edits" : "generations")", body: body.wire,
            warnings: checks.warnings, predictedSize: size?.predicted, outputs: count...count,
            generations: count, isInline: isInline)
    }

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        // The documentation's curl example sends the key without a scheme, its example with
        // OpenAI's client sends a bearer token; both work.
        fields[.authorization] =
            context.options.onerouterSendsBareKey ? key.secret : "Bearer \(key.secret)"
    }

    package func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    { .finished(try result(in: reply, operation: draft.operation)) }

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        try result(in: reply, operation: .onerouter(.result))
    }

    private func result(in reply: HTTPReply, operation: APIOperation) throws(ClientError) -> GenerationResult
    {
        let json = reply.json
        // Checked first, because errors come with 200 too.
        let failure = OpenAIError(json)
        guard reply.isSuccess, failure == nil else { throw error(reply, failure, json, operation) }
        var report = FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id"))
        let list = reply.images(under: ["data"])
        if list.images.isEmpty, let task = json?["data"]?["task_id"]?.string {
            // Newer models answer with a task. Nothing indicates that Seedream 4 does, so tasks are
            // not supported.
            report.requestID = task
            throw report.badReply(expected: "images in \"data\", not a task")
        }
        guard !list.images.isEmpty else { throw report.badReply(expected: "JSON with images in \"data\"") }
        return GenerationResult(
            images: list.images, requestID: report.requestID, failures: list.failures)
    }

    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        return error(reply, OpenAIError(json), json, operation)
    }

    private func error(
        _ reply: HTTPReply, _ failure: OpenAIError?, _ json: JSONValue?, _ operation: APIOperation
    ) -> ClientError {
        let status = reply.isSuccess ? failure?.number ?? reply.status : reply.status
        var verdict = ReplyVerdict(status: status, isJSON: json?.object != nil)
        if let failure {
            switch status {
            // 403 means moderation in the documentation of errors; the image page shows it as
            // `content_policy_violation`, 422.
            case 403: verdict.category = .moderation
            case 400, 422: if failure.isModeration { verdict.category = .moderation }
            // An error without a specific code: the provider failed, after an unknown amount of
            // work.
            case _ where !(400...599).contains(status): verdict = ReplyVerdict(status: 500, isJSON: true)
            default: break
            }
            if reply.isSuccess, failure.number == nil, failure.isModeration { verdict.category = .moderation }
        }
        return FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id")
        ).error(
            verdict, code: failure?.word ?? failure?.number.map { "\($0)" }, message: failure?.message,
            field: failure?.parameter)
    }
}

/// The body of `POST /v1/images/edits` and `/v1/images/generations`. Both are JSON, not OpenAI's
/// multipart form.
struct OneRouterRequest {
    /// The form of a size.
    enum Size {
        /// A name for `size`, one of nine.
        case named(String)
        /// `image_size` alone. The documentation shows it beside `size` without stating which takes
        /// precedence, so only one is sent.
        case pixels(WireValue)
    }

    var model: String
    var prompt: String
    /// Empty for text-to-image, whose path has no such field.
    var images: [ImageReference]
    var size: Size
    var seed: Int?
    /// Always sent: the provider's default is off.
    var safetyChecker: Bool
    /// The mode of prompt enhancement: `standard` or `fast`; the provider's default is `standard`.
    var enhancement: String?
    var count: Int
    /// The form of results: `url` or `b64_json`.
    var format: String

    var wire: WireValue {
        var name: WireValue?
        var pixels: WireValue?
        switch size {
        case .named(let text): name = .string(text)
        case .pixels(let value): pixels = value
        }
        return .members(
            ("model", .string(model)), ("prompt", .string(prompt)),
            ("image_urls", images.isEmpty ? nil : .array(images.map(\.wire))), ("size", name),
            ("image_size", pixels), ("seed", seed.map { .integer($0) }),
            ("enable_safety_checker", .bool(safetyChecker)),
            ("enhance_prompt_mode", enhancement.map { .string($0) }), ("n", .integer(count)),
            ("output_format", .string(format)))
    }
}

/// The errors of OneRouter. They have their own HTTP status only if they concern the request or the
/// account, otherwise 200.
extension OpenAIError {
    /// The type of the error, or the word that OpenAI's libraries, which use this format, put into
    /// the code.
    var word: String? { type ?? (number == nil ? code : nil) }

    /// Whether the content was rejected.
    var isModeration: Bool {
        ModerationWords.appear(in: word ?? "") || ModerationWords.appear(in: message ?? "")
    }
}
