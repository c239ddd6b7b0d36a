import SeedreamModel

/// fal.ai: synchronous runs, the queue, uploads and webhooks.
struct FalServer: ProviderServer {
    let state: EmulatorState
    let uploads: FalUploads
    let signature: FalSignature
    private let runs: FalRuns

    init(_ state: EmulatorState) throws {
        self.state = state
        runs = FalRuns(state.configuration.concurrentRuns)
        uploads = FalUploads(state)
        signature = try FalSignature()
    }

    func route(_ request: EmulatedRequest) -> Route? {
        switch request.service {
        case .falRun: runRoute(request)
        case .falQueue: queueRoute(request)
        case .falREST: restRoute(request)
        default: uploads.route(request)
        }
    }

    func failure(status: Int) -> EmulatedResponse {
        let requestID = Identifier.uuid()
        let (message, type) = Self.requestErrors[status] ?? ("Error \(status)", nil)
        var body: [String: JSONValue] = ["detail": .string(message)]
        var headers: [(name: String, value: String)] = [("x-fal-request-id", requestID)]
        if let type {
            body["error_type"] = .string(type)
            headers.append(("X-Fal-Error-Type", type))
        }
        if status == 429 { headers.append(("X-Fal-needs-retry", "1")) }
        return .json(.object(body), status: status, headers: headers, requestID: requestID)
    }

    /// The texts and types of request errors, as documented or captured. Those without a type
    /// appear in no list of types; the texts of 402 to 409 and of 413 are undocumented.
    private static let requestErrors: [Int: (String, String?)] = [
        400: ("Bad request", "bad_request"), 401: ("invalid key credentials", nil),
        402: ("Payment required", nil), 403: ("User is locked. Reason: Exhausted balance.", nil),
        404: ("Not found", nil), 408: ("Request timed out", "request_timeout"), 409: ("Conflict", nil),
        413: ("Request body is too large", nil),
        429: ("Too many concurrent requests", "concurrent_requests_limit"),
        500: ("Internal error", "internal_error"),
        502: ("Runner response was incomplete", "runner_incomplete_response"),
        503: ("Runner connection refused", "runner_connection_refused"),
        504: ("Request timed out", "request_timeout"),
    ]

    // MARK: Running

    private func runRoute(_ request: EmulatedRequest) -> Route? {
        guard request.method == "POST" else { return nil }
        if request.path.last == "stream" {
            return Route("fal.stream") { request in
                var target = request
                target.path.removeLast()
                return await self.stream(target)
            }
        }
        return Route("fal.run") { await self.run($0) }
    }

    private func run(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        guard state.accepts(key: request.credential(scheme: "Key")) else { return failure(status: 401) }
        guard await runs.begin(request) else { return failure(status: 429) }
        switch await accept(request, operation: "fal.run", requestID: requestID) {
        case .failure(let refusal):
            await runs.end(request)
            return refusal.response
        case .success(let work):
            let outcome = await work.run()
            await runs.end(request)
            return .json(
                outcome.body, status: outcome.status, headers: outcome.headers, requestID: requestID)
        }
    }

    /// Responds to the client's `stream` with one event, the result: Seedream 4 has no documented
    /// stream.
    private func stream(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        guard state.accepts(key: request.credential(scheme: "Key")) else { return failure(status: 401) }
        guard await runs.begin(request) else { return failure(status: 429) }
        switch await accept(request, operation: "fal.stream", requestID: requestID) {
        case .failure(let refusal):
            await runs.end(request)
            return refusal.response
        case .success(let work):
            let (events, continuation) = AsyncStream.makeStream(of: String.self)
            Task {
                continuation.yield("data: \(await work.run().body.text)")
                continuation.finish()
                await runs.end(request)
            }
            return .events(events, requestID: requestID)
        }
    }

    struct Refusal: Error {
        var response: EmulatedResponse
    }

    /// Checks the credential, the application, the JSON and the credits, and records the request in
    /// the ledger.
    func accept(
        _ request: EmulatedRequest, operation: String, requestID: String
    ) async -> Result<FalWork, Refusal> {
        guard state.accepts(key: request.credential(scheme: "Key")) else {
            return .failure(Refusal(response: failure(status: 401)))
        }
        let application = request.path.joined(separator: "/")
        guard let model = FalModel(application, in: state.configuration) else {
            let alias = request.path.dropFirst().first ?? application
            return .failure(
                Refusal(
                    response: .json(["detail": .string("Application \"\(alias)\" not found")], status: 404)))
        }
        guard let body = try? JSONValue(parsing: request.body) else {
            return .failure(
                Refusal(
                    response: .json(
                        [
                            "detail": [
                                ["loc": ["body", 0], "msg": "JSON decode error", "type": "json_invalid"]
                            ]
                        ], status: 422, headers: [("X-Fal-Error-Type", "json_invalid")])))
        }
        let asked = model.fields.contains("num_images") ? body["num_images"]?.integer ?? 1 : 1
        let images = max(1, min(asked, model.counts.upperBound))
        guard
            await state.ledger.accept(
                .fal, operation: operation, requestID: requestID, model: application, body: request.body,
                images: images, unit: "USD")
        else { return .failure(Refusal(response: failure(status: 403))) }
        let lifecycle = request.header("x-fal-object-lifecycle-preference")
            .flatMap { try? JSONValue(parsing: $0.utf8) }
        return .success(
            FalWork(
                state: state, model: model, body: body, requestID: requestID, origin: request.origin,
                fate: request.fate, logNumber: request.logNumber,
                lifetime: lifecycle?["expiration_duration_seconds"]?.number))
    }

    // MARK: Webhooks and tokens

    func notify(_ url: String, requestID: String, _ outcome: JobOutcome) async -> String {
        var members: [String: JSONValue] = [
            "request_id": .string(requestID), "gateway_request_id": .string(requestID),
            "status": outcome.isSuccess ? "OK" : "ERROR", "payload": outcome.body,
        ]
        if !outcome.isSuccess { members["error"] = .string("Invalid status code: \(outcome.status)") }
        let body = JSONValue.object(members).bytes
        guard let headers = try? signature.headers(requestID: requestID, body: body, at: Timestamp.now) else {
            return "failed"
        }
        return await state.webhooks.post(body, headers: headers, to: url) ? "delivered" : "failed"
    }

    private func restRoute(_ request: EmulatedRequest) -> Route? {
        switch (request.method, request.path.filter { !$0.isEmpty }) {
        case ("GET", [".well-known", "jwks.json"]):
            Route("fal.jwks") { _ in .json(signature.keySet) }
        case ("POST", ["tokens"]):
            Route("fal.realtime-token") { request in
                state.accepts(key: request.credential(scheme: "Key"))
                    ? .json("emulated-realtime-token", status: 201) : failure(status: 401)
            }
        default: uploads.route(request)
        }
    }
}

/// Counts synchronous runs. Beyond the account's limit, runs are refused, while queued requests
/// wait.
actor FalRuns {
    private let limit: Int?
    private var running = 0

    /// Creates a counter; `nil` means no limit.
    init(_ limit: Int?) { self.limit = limit }

    /// Returns whether another run may start. Runs that a fault rule keeps hanging do not count;
    /// they would otherwise block all later ones.
    func begin(_ request: EmulatedRequest) -> Bool {
        guard request.fate != .hangs else { return true }
        guard running < limit ?? .max else { return false }
        running += 1
        return true
    }

    /// Ends a run.
    func end(_ request: EmulatedRequest) {
        if request.fate != .hangs { running -= 1 }
    }
}
