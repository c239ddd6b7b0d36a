import Cryptography
import SeedreamModel

/// Apiframe's API, version 2: jobs, uploads, the account, and the CDN that serves results and
/// uploads.
struct ApiframeServer: ProviderServer {
    let state: EmulatorState
    private let jobs: ApiframeJobs
    private let uploads: ApiframeUploads
    private let replays: ApiframeReplays

    /// The credits shown for an account without a limit; our choice.
    private static let unlimited = 1_000_000
    /// The maximum length of an `Idempotency-Key`, in UTF-8 bytes.
    private static let maximumKey = 255

    init(_ state: EmulatorState) {
        self.state = state
        jobs = ApiframeJobs(state: state)
        uploads = ApiframeUploads(state: state)
        replays = ApiframeReplays(clock: state.configuration.clock)
    }

    func route(_ request: EmulatedRequest) -> Route? {
        if request.service == .apiframeMedia {
            guard ["GET", "HEAD"].contains(request.method) else { return nil }
            return Route("apiframe.download") { await Download.response(to: $0, from: state.files) }
        }
        guard request.path.first == "v2" else { return nil }
        let path = Array(request.path.dropFirst())
        return switch (request.method, path) {
        case ("POST", ["images", "generate"]): authorized("apiframe.generate") { await generate($0, $1) }
        case ("GET", ["jobs"]): authorized("apiframe.jobs") { await jobs.list($0, owner: $1.owner) }
        case ("GET", _) where path.count == 2 && path[0] == "jobs":
            authorized("apiframe.job") { await jobs.job(path[1], owner: $1.owner) }
        case ("POST", ["uploads"]):
            authorized("apiframe.upload") { request, _ in await uploads.upload(request) }
        case ("GET", ["me"]): authorized("apiframe.me") { await me($1) }
        case ("POST", ["assets", "create"]):
            authorized("apiframe.asset") { request, _ in Self.asset(request) }
        case ("GET", ["models"]): open("apiframe.models") { models($0) }
        case ("GET", ["openapi.json"]):
            open("apiframe.openapi") { _ in
                let models = ApiframeModel.all(state.configuration).map(\.id)
                return .text(ApiframeDocument.text(models: models), type: "application/json")
            }
        default: nil
        }
    }

    func failure(status: Int) -> EmulatedResponse {
        var response = ApiframeError(status: status, message: Self.messages[status] ?? "Error \(status)")
            .response
        if status == 429 { response.headers.append(("Retry-After", "1")) }
        return Self.identified(response)
    }

    /// The texts of 401 to 403 are documented; the others are ours.
    private static let messages: [Int: String] = [
        400: "Bad request", 401: "Invalid API key", 402: "Insufficient credits", 403: "API key is inactive",
        404: "Not found", 408: "Request timeout", 409: "Conflict", 413: "Payload too large",
        429: "Too many requests", 500: "Internal server error", 502: "Bad gateway",
        503: "No available capacity", 504: "Gateway timeout",
    ]

    /// Adds a request ID, which every response of the API has.
    private static func identified(_ response: EmulatedResponse) -> EmulatedResponse {
        var response = response
        let id = Identifier.uuid()
        response.headers.append(("x-request-id", id))
        response.requestID = response.requestID ?? id
        return response
    }

    private func open(
        _ operation: String, _ handle: @escaping @Sendable (EmulatedRequest) async -> EmulatedResponse
    ) -> Route {
        Route(operation) { Self.identified(await handle($0)) }
    }

    private func authorized(
        _ operation: String,
        _ handle: @escaping @Sendable (EmulatedRequest, ApiframeKey) async -> EmulatedResponse
    ) -> Route {
        open(operation) { request in
            do throws(ApiframeError) {
                return await handle(request, try ApiframeKey(request.header("x-api-key"), state))
            } catch {
                return error.response
            }
        }
    }

    // MARK: Generating

    private func generate(_ request: EmulatedRequest, _ key: ApiframeKey) async -> EmulatedResponse {
        let replayKey = request.header("idempotency-key")
        if let replayKey, !(1...Self.maximumKey).contains(replayKey.utf8.count) {
            return ApiframeError(
                status: 400, message: "Idempotency-Key must be 1 to \(Self.maximumKey) characters"
            ).response
        }
        guard let body = try? JSONValue(parsing: request.body) else {
            return ApiframeError(status: 400, message: "Request body is not valid JSON").response
        }
        let input: ApiframeInput
        do throws(ApiframeError) {
            input = try ApiframeInput(body, configuration: state.configuration)
        } catch {
            return error.response
        }
        guard let replayKey else {
            return switch await accept(request, input, key) {
            case .success(let id): Self.accepted(id, status: "QUEUED")
            case .failure(let error): error.response
            }
        }
        // Key order must not matter: a client's encoder may write the same values in another order.
        let digest = SHA256Digest(body.bytes).hexadecimal
        let outcome = await replays.accept(owner: key.owner, key: replayKey, body: digest) {
            await self.accept(request, input, key)
        }
        switch outcome {
        case .accepted(let id): return Self.accepted(id, status: "QUEUED")
        case .replayed(let id):
            return Self.accepted(
                id, status: await state.jobs.snapshot(id).map(ApiframeJobs.status) ?? "QUEUED")
        case .conflict:
            return ApiframeError(
                status: 409, message: "Idempotency-Key has already been used with a different request body"
            ).response
        case .refused(let error): return error.response
        }
    }

    private static func accepted(_ id: String, status: String) -> EmulatedResponse {
        .json(["jobId": .string(id), "status": .string(status)], status: 202, requestID: id)
    }

    /// Records the job in the ledger and adds it to the queue.
    ///
    /// - Returns: Its ID.
    private func accept(
        _ request: EmulatedRequest, _ input: ApiframeInput, _ key: ApiframeKey
    ) async -> Result<String, ApiframeError> {
        let id = Identifier.uuid()
        let cost = ApiframeModel.credits
        guard
            await state.ledger.accept(
                .apiframe, operation: "apiframe.generate", requestID: id, model: input.model.id,
                body: request.body, images: 1, unit: "credits")
        else {
            let left = await state.ledger.remaining(.apiframe) ?? 0
            return .failure(
                ApiframeError(
                    status: 402, message: "Insufficient credits",
                    members: [
                        "creditsRequired": .integer(cost), "creditsAvailable": .integer(left * cost),
                    ]))
        }
        let events =
            input.webhookEvents.map { Set($0) } ?? state.configuration.ambiguities.apiframeWebhookEvents
        let webhook = input.webhookURL.map {
            ApiframeWebhook(url: $0, events: events, apiKey: key.text, delivery: state.webhooks)
        }
        let work = ApiframeWork(
            state: state, input: input, jobID: id, origin: request.origin, fate: request.fate,
            logNumber: request.logNumber, webhook: webhook)
        await state.jobs.submit(
            JobRequest(
                id: id, provider: .apiframe,
                attributes: [
                    "owner": .string(key.owner), "model": .string(input.model.id),
                    "path": .string(work.path), "input": input.summary,
                ],
                // Jobs cannot be cancelled, but the status exists.
                cancelled: JobOutcome(body: nil, error: "Job was cancelled"), fate: request.fate,
                work: { await work.run() },
                ended: { await self.report(id, input, $0, webhook) }))
        if webhook != nil { await state.jobs.expectWebhook(of: id) }
        return .success(id)
    }

    /// Sends the final webhook.
    ///
    /// - Returns: The job's `webhookStatus`.
    private func report(
        _ id: String, _ input: ApiframeInput, _ outcome: JobOutcome, _ webhook: ApiframeWebhook?
    ) async -> String? {
        guard let webhook else { return nil }
        var members: [String: JSONValue] = ["jobId": .string(id), "model": .string(input.model.id)]
        if let error = outcome.error {
            members["status"] = "FAILED"
            members["error"] = .string(error)
            await webhook.send("failed", members)
        } else {
            members["status"] = "COMPLETED"
            members["progress"] = 100
            members["result"] = outcome.body
            members["creditCost"] = .integer(ApiframeModel.credits)
            members["completedAt"] = await state.jobs.snapshot(id).map(ApiframeJobs.completedAt) ?? .null
            await webhook.send("completed", members)
        }
        return await webhook.status()
    }

    // MARK: The account and the catalogue

    private func me(_ key: ApiframeKey) async -> EmulatedResponse {
        let left = await state.ledger.remaining(.apiframe)
        return .json([
            "user": [
                "id": .string(key.identifier("user")), "email": "developer@example.test", "role": "OWNER",
            ],
            "team": [
                "id": "5eed4ea7-0000-4000-8000-000000000001", "name": "Emulated team",
                "credits": .integer(left.map { $0 * ApiframeModel.credits } ?? Self.unlimited),
                "plan": "emulated", "customerId": nil,
            ],
            "apiKey": [
                "id": .string(key.identifier("key")), "name": "Emulated key", "prefix": .string(key.prefix),
            ],
        ])
    }

    private func models(_ request: EmulatedRequest) -> EmulatedResponse {
        let modalities = ["image", "video", "music"]
        let modality = request.parameter("modality")
        if let modality, !modalities.contains(modality) {
            return ApiframeError.validation(["modality": [ApiframeFields.invalidOption(modalities)]]).response
        }
        let isImage = modality == nil || modality == "image"
        let entries = ApiframeModel.all(state.configuration).map(\.catalogueEntry)
        return .json(["models": .array(isImage ? entries : [])])
    }

    /// Registers a file as some video models require; Seedream has no use for the ID.
    private static func asset(_ request: EmulatedRequest) -> EmulatedResponse {
        guard let body = (try? JSONValue(parsing: request.body))?.object else {
            return ApiframeError(status: 400, message: "Request body must be a JSON object").response
        }
        var fields = ApiframeFields(body)
        _ = fields.uri("url", isRequired: true)
        _ = fields.option("type", ["image", "video", "audio"], isRequired: true)
        guard fields.problems.isEmpty else { return ApiframeError.validation(fields.problems).response }
        return .json(["assetId": .string("asset_\(Identifier.digits())")], status: 201)
    }
}

/// The accepted API key of a request.
struct ApiframeKey: Sendable {
    let text: String
    /// The SHA-256 of the key, which identifies its owner in stored jobs.
    let owner: String

    /// Checks a key.
    ///
    /// - Throws: The provider's error for a key that is missing, of version 1, unknown or
    ///   deactivated.
    init(_ text: String?, _ state: EmulatorState) throws(ApiframeError) {
        guard let text, !text.isEmpty else {
            throw ApiframeError(status: 401, message: "API key is required")
        }
        // The start of the sentence is documented; the rest is ours.
        guard !text.hasPrefix("v1") else {
            throw ApiframeError(
                status: 400, message: "Your API key starts with 'v1': it belongs to version 1 of the API")
        }
        guard !state.configuration.inactiveKeys.contains(text) else {
            throw ApiframeError(status: 403, message: "API key is inactive")
        }
        guard state.accepts(key: text) else { throw ApiframeError(status: 401, message: "Invalid API key") }
        self.text = text
        owner = SHA256Digest(Array(text.utf8)).hexadecimal
    }

    /// The start of the key, as `GET /v2/me` shows it.
    var prefix: String { String(text.prefix(8)) }

    /// Returns a UUID that is always the same for this key and purpose.
    func identifier(_ purpose: String) -> String {
        let digits = SHA256Digest(Array("\(purpose) \(owner)".utf8)).hexadecimal
        var rest = digits[...]
        return [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }
}
