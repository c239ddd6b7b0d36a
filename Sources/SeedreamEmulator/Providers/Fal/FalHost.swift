import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// fal.ai: synchronous runs, the queue, uploads and webhooks.
struct FalHost: EmulatedHost {
    let bench: Workbench
    let uploads: FalUploads
    let signature: FalSignature
    private let runs: FalRuns

    init(_ bench: Workbench) throws {
        self.bench = bench
        runs = FalRuns(bench.configuration.concurrentRuns)
        uploads = FalUploads(bench)
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

    /// Texts and types of request errors, as documented or captured. Those without a type are in no
    /// list of types; the texts of 402 to 409 and 413 are not documented.
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
        guard bench.accepts(key: request.credential(scheme: "Key")) else { return failure(status: 401) }
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

    /// Seedream 4 has no documented stream; the client's `stream` is answered with one event, the
    /// result.
    private func stream(_ request: EmulatedRequest) async -> EmulatedResponse {
        let requestID = Identifier.uuid()
        guard bench.accepts(key: request.credential(scheme: "Key")) else { return failure(status: 401) }
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

    private struct Refusal: Error {
        var response: EmulatedResponse
    }

    /// Checks the credential, the application, the JSON and the credits, and enters the request in
    /// the ledger.
    private func accept(
        _ request: EmulatedRequest, operation: String, requestID: String
    ) async -> Result<FalWork, Refusal> {
        guard bench.accepts(key: request.credential(scheme: "Key")) else {
            return .failure(Refusal(response: failure(status: 401)))
        }
        let application = request.path.joined(separator: "/")
        guard let model = FalModel(rawValue: application) else {
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
        let images = max(1, min(body["num_images"]?.integer ?? 1, 6))
        guard
            await bench.ledger.accept(
                .fal, operation: operation, requestID: requestID, model: application, body: request.body,
                images: images, unit: "USD")
        else { return .failure(Refusal(response: failure(status: 403))) }
        let lifecycle = request.header("x-fal-object-lifecycle-preference")
            .flatMap { try? JSONValue(parsing: $0.utf8) }
        return .success(
            FalWork(
                bench: bench, model: model, body: body, requestID: requestID, origin: request.origin,
                fate: request.fate, logNumber: request.logNumber,
                lifetime: lifecycle?["expiration_duration_seconds"]?.number))
    }

    // MARK: The queue

    private func queueRoute(_ request: EmulatedRequest) -> Route? {
        guard let marker = request.path.firstIndex(of: "requests"), marker >= 2 else {
            return request.method == "POST" ? Route("fal.submit") { await self.submit($0) } : nil
        }
        // Jobs are known under owner and alias alone, never under the model's whole path.
        guard marker == 2 else { return nil }
        let owner = request.path[..<marker].joined(separator: "/")
        let rest = Array(request.path[marker...].dropFirst())
        guard let id = rest.first else { return nil }
        return switch (request.method, Array(rest.dropFirst())) {
        case ("GET", ["status"]): Route("fal.status") { await self.status(id, owner, $0) }
        case ("GET", ["status", "stream"]):
            Route("fal.status-stream") { await self.statusStream(id, owner, $0) }
        case ("GET", []), ("GET", ["response"]): Route("fal.result") { await self.result(id, owner, $0) }
        case ("PUT", ["cancel"]): Route("fal.cancel") { await self.cancel(id, owner, $0) }
        default: nil
        }
    }

    private func submit(_ request: EmulatedRequest) async -> EmulatedResponse {
        if let limit = request.parameter("fal_max_queue_length").flatMap({ Int($0) }),
            await bench.jobs.queueLength(.fal) > limit
        {
            return failure(status: 429)
        }
        let timeout =
            request.header("x-fal-request-start-timeout") ?? request.header("x-fal-request-timeout")
        let seconds = timeout.flatMap { Double($0) }
        if timeout != nil, !(seconds.map { $0 > 0.1 && $0.isFinite } ?? false) {
            return .json(
                ["detail": "The start timeout must be greater than 0.1 s", "error_type": "bad_request"],
                status: 400, headers: [("X-Fal-Error-Type", "bad_request")])
        }
        let requestID = Identifier.uuid()
        switch await accept(request, operation: "fal.submit", requestID: requestID) {
        case .failure(let refusal): return refusal.response
        case .success(let work):
            let bench = bench
            let webhook = request.parameter("fal_webhook")
            let late = FalError.request(
                504, "Request timed out", "startup_timeout",
                headers: [("X-Fal-Request-Timeout-Type", "user")]
            ).outcome(requestID: requestID)
            let cancelled = FalError.request(
                499, "Request was cancelled by the client", "client_cancelled"
            ).outcome(requestID: requestID)
            await bench.jobs.submit(
                JobRequest(
                    id: requestID, provider: .fal, attributes: ["root": .string(FalModel.root)],
                    isLow: request.header("x-fal-queue-priority") == "low",
                    startTimeout: seconds.map { ($0, late) }, cancelled: cancelled, fate: request.fate,
                    work: { await work.run() },
                    ended: { outcome in
                        if !outcome.isSuccess { await bench.ledger.release(requestID) }
                        guard let webhook else { return nil }
                        return await self.notify(webhook, requestID: requestID, outcome)
                    }))
            if webhook != nil { await bench.jobs.expectWebhook(of: requestID) }
            let position = await bench.jobs.snapshot(requestID).map(Self.position) ?? 0
            return .json(
                .object(
                    links(requestID, request.origin).merging(
                        [
                            "status": "IN_QUEUE", "request_id": .string(requestID),
                            "queue_position": .integer(position), "logs": nil, "metrics": [:],
                        ],
                        uniquingKeysWith: { $1 })),
                headers: [("x-fal-request-id", requestID)], requestID: requestID)
        }
    }

    private static func position(_ snapshot: JobSnapshot) -> Int {
        if case .queued(let position) = snapshot.phase { position } else { 0 }
    }

    /// The URLs of a request: owner and alias only, the model's path is dropped.
    private func links(_ id: String, _ origin: Origin) -> [String: JSONValue] {
        let path = "\(FalModel.root)/requests/\(id)"
        return [
            "response_url": .string(origin.url(.falQueue, path)),
            "status_url": .string(origin.url(.falQueue, path + "/status")),
            "cancel_url": .string(origin.url(.falQueue, path + "/cancel")),
        ]
    }

    private static let notFound = EmulatedResponse.json(["status": "NOT_FOUND"], status: 404)

    /// The job, or the answer to a request that has none.
    private func find(
        _ id: String, _ owner: String, _ request: EmulatedRequest
    ) async -> Result<JobSnapshot, Refusal> {
        guard bench.accepts(key: request.credential(scheme: "Key")) else {
            return .failure(Refusal(response: failure(status: 401)))
        }
        guard owner == FalModel.root, let snapshot = await bench.jobs.snapshot(id), snapshot.provider == .fal
        else { return .failure(Refusal(response: Self.notFound)) }
        return .success(snapshot)
    }

    private func status(_ id: String, _ owner: String, _ request: EmulatedRequest) async -> EmulatedResponse {
        switch await find(id, owner, request) {
        case .failure(let refusal): return refusal.response
        case .success(let snapshot):
            let (value, isEnded) = describe(snapshot, request)
            return .json(
                value, status: isEnded ? 200 : 202, headers: [("x-fal-request-id", id)], requestID: id)
        }
    }

    private func describe(_ snapshot: JobSnapshot, _ request: EmulatedRequest) -> (JSONValue, isEnded: Bool) {
        var members = links(snapshot.id, request.origin)
        members["request_id"] = .string(snapshot.id)
        let wantsLogs = ["1", "true", "True"].contains(request.parameter("logs"))
        func line(_ message: String, _ time: Double) -> JSONValue {
            [
                "message": .string(message), "level": "INFO", "source": "USER",
                "timestamp": .string(Timestamp.text(time)),
            ]
        }
        switch snapshot.phase {
        case .queued(let position):
            members["status"] = "IN_QUEUE"
            members["queue_position"] = .integer(position)
            return (.object(members), false)
        case .running:
            members["status"] = "IN_PROGRESS"
            let started = snapshot.startedAt?.timeIntervalSince1970 ?? 0
            // The key has to be there, without a value: fal_client reads it.
            members["logs"] = wantsLogs ? [line("Generating...", started)] : .null
            return (.object(members), false)
        case .ended(let outcome):
            members["status"] = "COMPLETED"
            let ended = snapshot.endedAt?.timeIntervalSince1970 ?? 0
            let started = snapshot.startedAt?.timeIntervalSince1970
            members["logs"] =
                wantsLogs
                ? .array((started.map { [line("Generating...", $0)] } ?? []) + [line("Done", ended)]) : .null
            members["metrics"] =
                started.map { ["inference_time": .number(((ended - $0) * 1000).rounded() / 1000)] } ?? [:]
            if let error = outcome.error {
                members["error"] = .string(error)
                members["error_type"] = outcome.errorType.map { .string($0) }
            }
            return (.object(members), true)
        }
    }

    private func statusStream(
        _ id: String, _ owner: String, _ request: EmulatedRequest
    ) async -> EmulatedResponse {
        switch await find(id, owner, request) {
        case .failure(let refusal): return refusal.response
        case .success:
            let bench = bench
            let (events, continuation) = AsyncStream.makeStream(of: String.self)
            let task = Task {
                var last: JSONValue?
                while !Task.isCancelled, let snapshot = await bench.jobs.snapshot(id) {
                    let (value, isEnded) = describe(snapshot, request)
                    if value != last { continuation.yield("data: \(value.text)") }
                    last = value
                    if isEnded { break }
                    try? await Task.sleep(for: .milliseconds(50))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
            return .events(events, requestID: id)
        }
    }

    private func result(_ id: String, _ owner: String, _ request: EmulatedRequest) async -> EmulatedResponse {
        switch await find(id, owner, request) {
        case .failure(let refusal): return refusal.response
        case .success(let snapshot):
            guard case .ended(let outcome) = snapshot.phase else {
                return .json(
                    ["detail": "Request is still in progress"], status: 400,
                    headers: [("x-fal-request-id", id)], requestID: id)
            }
            return .json(outcome.body, status: outcome.status, headers: outcome.headers, requestID: id)
        }
    }

    private func cancel(_ id: String, _ owner: String, _ request: EmulatedRequest) async -> EmulatedResponse {
        switch await find(id, owner, request) {
        case .failure(let refusal): return refusal.response
        case .success:
            switch await bench.jobs.cancel(id) {
            case .unknown: return Self.notFound
            case .alreadyEnded: return .json(["status": "ALREADY_COMPLETED"], status: 400, requestID: id)
            case .requested:
                await bench.ledger.release(id)
                return bench.configuration.openPoints.falCancelGivesSuccess
                    ? .json(["success": true], requestID: id)
                    : .json(["status": "CANCELLATION_REQUESTED"], status: 202, requestID: id)
            }
        }
    }

    // MARK: Webhooks and tokens

    private func notify(_ url: String, requestID: String, _ outcome: JobOutcome) async -> String {
        var members: [String: JSONValue] = [
            "request_id": .string(requestID), "gateway_request_id": .string(requestID),
            "status": outcome.isSuccess ? "OK" : "ERROR", "payload": outcome.body,
        ]
        if !outcome.isSuccess { members["error"] = .string("Invalid status code: \(outcome.status)") }
        let body = JSONValue.object(members).bytes
        guard let headers = try? signature.headers(requestID: requestID, body: body, at: Timestamp.now) else {
            return "failed"
        }
        return await bench.webhooks.post(body, headers: headers, to: url) ? "delivered" : "failed"
    }

    private func restRoute(_ request: EmulatedRequest) -> Route? {
        switch (request.method, request.path.filter { !$0.isEmpty }) {
        case ("GET", [".well-known", "jwks.json"]):
            Route("fal.jwks") { _ in .json(signature.keySet) }
        case ("POST", ["tokens"]):
            Route("fal.realtime-token") { request in
                bench.accepts(key: request.credential(scheme: "Key"))
                    ? .json("emulated-realtime-token", status: 201) : failure(status: 401)
            }
        default: uploads.route(request)
        }
    }
}
