package import HTTPTypes
package import SeedreamModel

/// OneRouter, now Infron: synchronous, a path for edits and one for text-to-image;
/// `contracts/providers.md`, section 4.
package struct OneRouterProvider: Provider {
    package let id = ProviderID.onerouter

    package let limits: ProviderLimits = {
        // No document gives the ids. The first is the title of the operation in the documents, the
        // second is formed like it; both are inferred, and ``GenerationRequest/model`` replaces
        // them.
        var limits = ProviderLimits(
            editModel: "seedream-v4-image-to-image", generateModel: "seedream-v4-text-to-image")
        // `n` is 1 or more; no document gives an end.
        limits.counts = 1 ... .max
        limits.area = 921_600...16_777_216
        limits.deliversInline = true
        return limits
    }()

    package init() {}

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = RequestChecks(request, id, limits, isLenient: context.isLenient)
        let count = try checks.checkCommon().count
        let model = try checks.model()
        var enhancement = request.enhancement
        if enhancement == .off {
            try checks.leaveOut("enhancement", instead: "the host rewrites the prompt with care")
            enhancement = nil
        }
        let size = try checks.size()
        let isInline = request.delivery == .inline
        let body = OneRouterRequest(
            model: model, prompt: request.prompt, images: images,
            size: size.map { .pixels(.size($0.asked)) } ?? .named(request.size.description),
            seed: request.seed, safetyChecker: request.safetyChecker ?? true,
            enhancement: enhancement?.rawValue, count: count, format: isInline ? "b64_json" : "url")
        let isEdit = request.operation == .edit
        return RequestDraft(
            model: model, operation: isEdit ? .onerouter(.edit) : .onerouter(.generate),
            url: "\(context.endpoints.api)/v1/images/\(isEdit ? "edits" : "generations")", body: body.wire,
            warnings: checks.warnings, predictedSize: size?.predicted, outputs: count...count,
            isInline: isInline)
    }

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        // The documents' curl sends the key bare, their example with OpenAI's client as a bearer
        // token; both are taken.
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
        // Before anything else: errors come with 200 too.
        let failure = OneRouterFailure(json)
        guard reply.isSuccess, failure == nil else { throw error(reply, failure, json, operation) }
        var report = FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id"))
        let list = reply.pictures(under: ["data"])
        if list.images.isEmpty, let task = json?["data"]?["task_id"]?.string {
            // How newer models answer. Nothing says that Seedream 4 does, so that nothing here asks
            // about tasks.
            report.requestID = task
            throw report.badReply(expected: "pictures in \"data\", not a task")
        }
        guard !list.images.isEmpty else { throw report.badReply(expected: "JSON with pictures in \"data\"") }
        return GenerationResult(
            images: list.images, requestID: report.requestID, failures: list.failures)
    }

    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        return error(reply, OneRouterFailure(json), json, operation)
    }

    private func error(
        _ reply: HTTPReply, _ failure: OneRouterFailure?, _ json: JSONValue?, _ operation: APIOperation
    ) -> ClientError {
        let status = reply.isSuccess ? failure?.code ?? reply.status : reply.status
        var verdict = ReplyVerdict(status: status, isJSON: json?.object != nil)
        if let failure {
            switch status {
            // 403 is moderation in the page of errors; the image page shows it as
            // `content_policy_violation`, 422.
            case 403: verdict.category = .moderation
            case 400, 422: if failure.isModeration { verdict.category = .moderation }
            // An error without a code that says more: the host failed, and nobody can tell after
            // how much work.
            case _ where !(400...599).contains(status): verdict = ReplyVerdict(status: 500, isJSON: true)
            default: break
            }
            if reply.isSuccess, failure.code == nil, failure.isModeration { verdict.category = .moderation }
        }
        return FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id")
        ).error(
            verdict, code: failure?.type ?? failure?.code.map { "\($0)" }, message: failure?.message,
            field: failure?.parameter)
    }
}
