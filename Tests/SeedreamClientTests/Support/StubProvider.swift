import HTTPTypes
import SeedreamClient
import SeedreamModel

/// A provider that can only authorize requests and describe failures.
struct StubProvider: Provider {
    var id = ProviderID.fal
    var limits = ProviderLimits(editModel: "edit", generateModel: "generate")

    /// A stub that honours idempotency keys.
    static var honoring: StubProvider {
        var provider = StubProvider(id: .apiframe)
        provider.limits.honorsIdempotencyKeys = true
        return provider
    }

    func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        throw RequestError(field: "prompt", message: "a stub drafts nothing", hint: "none")
    }

    func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields[.authorization] = "\(id == .onerouter ? "Bearer" : "Key") \(key.secret)"
        if let name = HTTPField.Name("X-API-Key"), id == .apiframe { fields[name] = key.secret }
    }

    func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    {
        throw failure(reply, operation: draft.operation)
    }

    /// Returns a success reply unchanged.
    func success(in reply: HTTPReply) throws(ClientError) -> HTTPReply {
        guard reply.isSuccess else { throw failure(reply, operation: APIOperation(id, .submit)) }
        return reply
    }

    func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        ClientError(
            .provider, operation, status: reply.status, message: "refused",
            purchase: .notTaken)
    }

    func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        throw failure(reply, operation: APIOperation(id, .result))
    }
}
