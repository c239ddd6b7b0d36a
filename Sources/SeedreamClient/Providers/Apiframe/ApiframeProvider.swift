package import HTTPTypes
import Pixels
package import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Apiframe, version 2: jobs that are polled, uploads, and idempotency keys. The numbers are from
/// its OpenAPI file and its page on `seedream-4`; see `docs/providers.md`, "Apiframe".
package struct ApiframeProvider: Provider {
    package let id = ProviderID.apiframe

    package let limits: ProviderLimits = {
        var limits = ProviderLimits()
        limits.fields = [.seed, .enhancementStandard, .enhancementOff, .guidanceScale, .resultFormat]
        limits.promptCharacters = 1...2000
        // The validator accepts data URIs, but they are not documented.
        limits.prefersDataURIs = false
        // "25 MB", interpreted as decimal.
        limits.uploadBytes = 25_000_000
        limits.hasWebhooks = true
        limits.hasJobs = true
        limits.honorsIdempotencyKeys = true
        // 24 h according to the OpenAPI file; a page of the documentation says three months.
        limits.resultLifetime = 86_400
        return limits
    }()

    /// The header field that makes a repeated request return the same job for 24 hours; at most 255
    /// characters. The sender of a draft adds it, with a new key for each purchase.
    package static let idempotencyField = "Idempotency-Key"

    /// The tiers that have a word in the field `size`.
    private static let tiers: [SizeTier] = [.k1, .k2, .k4]
    private static let generate = APIOperation.apiframe(.generate)
    private static let job = APIOperation.apiframe(.job)
    private static let uploading = APIOperation.apiframe(.upload)

    package init() {}

    package func authorize(_ fields: inout HTTPFields, with key: APIKey, in context: RequestContext) {
        fields.put(key.secret, as: "X-API-Key")
    }

    // MARK: The request

    package func draft(_ request: GenerationRequest, images: [ImageReference], in context: RequestContext)
        throws(RequestError) -> RequestDraft
    {
        var checks = try RequestChecks(request, id, limits, in: context)
        _ = try checks.checkCommon()
        if request.safetyChecker != nil {
            try checks.leaveOut("safetyChecker", instead: "the provider decides what to check")
        }
        let enhancement = try checks.enhancement(
            instead: "the provider rewrites the prompt in its standard way")
        _ = try checks.layers()
        let background = try checks.resultBackground()
        if request.seed != nil {
            checks.warn(
                .effectUnknown, "seed",
                "Apiframe accepts a seed, but does not document its effect with Seedream 4")
        }
        if images.contains(where: { if case .dataURI = $0 { true } else { false } }) {
            checks.warn(
                .effectUnknown, "images", "Apiframe does not document data URIs; uploads are reliable")
        }
        let size = try size(&checks)
        let enhancesPrompt: Bool? =
            switch enhancement {
            case .standard: true
            case .off: false
            case .fast, nil: nil
            }
        let body = ApiframeRequest(
            model: checks.model, prompt: request.prompt, images: images, size: size,
            enhancesPrompt: enhancesPrompt, seed: try checks.seed(),
            guidanceScale: try checks.guidanceScale(), format: try checks.resultFormat(with: background),
            webhook: request.webhook)
        var predicted: PixelSize?
        if case .custom(let pixels) = size { predicted = pixels }
        return RequestDraft(
            model: checks.model, entry: checks.entry, operation: Self.generate,
            url: "\(context.endpoints.api)/v2/images/generate",
            body: body.wire, warnings: checks.warnings, predictedSize: predicted, outputs: 1...1)
    }

    /// The effect of `match_input_image` with several images is not documented. It is sent for one
    /// image only; for several, the first one's aspect ratio is computed here.
    private func size(_ checks: inout RequestChecks) throws(RequestError) -> ApiframeRequest.Size {
        let wanted = try checks.offeredSize()
        try checks.checkTier(of: wanted)
        switch (wanted, checks.request.images.count) {
        // The provider has no word for other tiers.
        case (.matchFirstImage(let tier), _) where !Self.tiers.contains(tier): break
        case (.aspect(_, let tier), _) where !Self.tiers.contains(tier): break
        case (.matchFirstImage(let tier), 0): return .shape("1:1", tier: tier.rawValue)
        case (.matchFirstImage(let tier), 1): return .shape("match_input_image", tier: tier.rawValue)
        case (.aspect(let ratio, let tier), _): return .shape(ratio.description, tier: tier.rawValue)
        default: break
        }
        guard let size = try checks.size(of: wanted) else {
            // Presets were replaced above.
            throw RequestError(
                field: "size", message: "expected pixels or an aspect ratio, found \(wanted)",
                hint: "ask Apiframe for 16:9@2K, or for 2048x2048")
        }
        return .custom(size.asked)
    }

    package func submitReply(_ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext)
        throws(ClientError) -> SubmitReply
    {
        guard reply.isSuccess else { throw failure(reply, operation: draft.operation) }
        guard let id = reply.json?["jobId"]?.string, (1...200).contains(id.utf8.count) else {
            // Repeating the request with its key returns the same job.
            throw report(reply, draft.operation).badReply(expected: "JSON with \"jobId\"", isRetryable: true)
        }
        return .accepted(JobTicket(requestID: id, model: draft.model))
    }

    // MARK: The job

    package func statusRequest(for ticket: JobTicket, withLogs: Bool, in context: RequestContext)
        -> APIRequest?
    {
        APIRequest(
            operation: Self.job, method: .get,
            url: "\(context.endpoints.api)/v2/jobs/\(URLParts.encoded(ticket.requestID))",
            maximumReply: 16 << 20)
    }

    package func status(in reply: HTTPReply) throws(ClientError) -> JobStatus {
        guard reply.isSuccess else { throw failure(reply, operation: Self.job) }
        guard let job = ApiframeJob(reply.json, of: reply), let status = job.status else {
            throw report(reply, Self.job).badReply(expected: "JSON with \"status\"")
        }
        let requestID = reply.field("x-request-id")
        let phase: JobStatus.Phase =
            switch JobWord(status) {
            case .queued: .queued(position: nil)
            case .running: .running(progress: job.progress)
            case .completed: try completed(job, reply)
            case .failed:
                .failed(job.failure(status: reply.status, operation: Self.job, requestID: requestID))
            case .cancelled: .cancelled
            case nil: .other(status)
            }
        return JobStatus(phase: phase, requestID: requestID)
    }

    private func completed(_ job: ApiframeJob, _ reply: HTTPReply) throws(ClientError) -> JobStatus.Phase {
        if job.isExpired {
            return .failed(
                report(reply, Self.job).error(
                    ReplyVerdict(.result),
                    message: "the provider has deleted the images, as it does after some time"))
        }
        if let list = reply.json?["result"]?["images"]?.array ?? reply.json?["result"]?.array, list.isEmpty {
            return .failed(
                report(reply, Self.job).error(
                    ReplyVerdict(.provider),
                    message: "the job produced no image, and the provider gave no reason"))
        }
        guard !job.images.isEmpty else {
            throw report(reply, Self.job).badReply(expected: "a URL in \"result\"")
        }
        return .completed(job.result(requestID: reply.field("x-request-id")))
    }

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        switch try status(in: reply).phase {
        case .completed(let result?): return result
        case .failed(let error): throw error
        default: throw report(reply, Self.job).badReply(expected: "a completed job")
        }
    }

    // MARK: Uploads and the account

    package func upload(
        _ image: PreparedImage, name: String, in context: RequestContext, through caller: any APICaller
    ) async throws -> String {
        if let most = limits.uploadBytes, image.bytes.count > most {
            throw ClientError(
                .validation, Self.uploading,
                message: "expected at most \(most) bytes, found \(image.bytes.count)", field: "images",
                purchase: .notTaken)
        }
        let upload = ApiframeUpload(
            image: image, name: name, boundary: "seedream-\(UUID().uuidString.lowercased())")
        var fields = HTTPFields()
        fields[.contentType] = upload.contentType
        let reply = try await caller.call(
            APIRequest(
                operation: Self.uploading, method: .post, url: "\(context.endpoints.api)/v2/uploads",
                fields: fields, body: upload.body))
        guard reply.isSuccess else { throw failure(reply, operation: Self.uploading) }
        guard let url = reply.json?["url"]?.string, URLParts(url) != nil else {
            throw report(reply, Self.uploading).badReply(expected: "JSON with \"url\"")
        }
        return url
    }

    // MARK: Errors

    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        let failure = ApiframeFailure(json)
        var verdict = ReplyVerdict(status: reply.status, isJSON: json?.object != nil)
        let text = failure?.message ?? ""
        var field = failure?.field
        switch reply.status {
        // "Your API key starts with 'v1'": a key of the first version.
        case 400 where text.contains("API key"): verdict.category = .credentials
        case 400, 422: if ModerationWords.appear(in: text) { verdict.category = .moderation }
        case 409 where failure != nil: field = field ?? Self.idempotencyField
        // The provider's own library retries these: a request with an idempotency key is bought
        // once.
        case 408, 500, 502...599: verdict.isRetryable = true
        default: break
        }
        return report(reply, operation).error(verdict, message: failure?.message, field: field)
    }

    private func report(_ reply: HTTPReply, _ operation: APIOperation) -> FailureReport {
        FailureReport(
            operation: operation, reply: reply, requestID: reply.field("x-request-id"),
            settled: Self.settled(operation))
    }

    /// Returns the purchase state that follows from the operation; `nil` for the paid one.
    private static func settled(_ operation: APIOperation) -> ClientError.Purchase? {
        if operation.kind.isPaid { return nil }
        return operation.kind.isAboutJob ? .taken : .notTaken
    }
}
