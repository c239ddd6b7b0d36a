import SeedreamModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The queue: submitting requests, polling their status, fetching results and cancelling.
extension FalServer {
    func queueRoute(_ request: EmulatedRequest) -> Route? {
        guard let marker = request.path.firstIndex(of: "requests"), marker >= 2 else {
            return request.method == "POST" ? Route("fal.submit") { await self.submit($0) } : nil
        }
        // Jobs are known by owner and alias alone, never by the model's whole path.
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
            await state.jobs.queueLength(.fal) > limit
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
            let state = state
            let webhook = request.parameter("fal_webhook")
            let late = FalError.request(
                504, "Request timed out", "startup_timeout",
                headers: [("X-Fal-Request-Timeout-Type", "user")]
            ).outcome(requestID: requestID)
            let cancelled = FalError.request(
                499, "Request was cancelled by the client", "client_cancelled"
            ).outcome(requestID: requestID)
            await state.jobs.submit(
                JobRequest(
                    id: requestID, provider: .fal, attributes: ["root": .string(work.model.root)],
                    isLow: request.header("x-fal-queue-priority") == "low",
                    startTimeout: seconds.map { ($0, late) }, cancelled: cancelled, fate: request.fate,
                    work: { await work.run() },
                    ended: { outcome in
                        if !outcome.isSuccess { await state.ledger.release(requestID) }
                        guard let webhook else { return nil }
                        return await self.notify(webhook, requestID: requestID, outcome)
                    }))
            if webhook != nil { await state.jobs.expectWebhook(of: requestID) }
            let position = await state.jobs.snapshot(requestID).map(Self.position) ?? 0
            return .json(
                .object(
                    links(requestID, root: work.model.root, request.origin).merging(
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

    /// Returns the URLs of a request, which contain owner and alias only; the rest of the model's
    /// path is dropped.
    private func links(_ id: String, root: String, _ origin: Origin) -> [String: JSONValue] {
        let path = "\(root)/requests/\(id)"
        return [
            "response_url": .string(origin.url(.falQueue, path)),
            "status_url": .string(origin.url(.falQueue, path + "/status")),
            "cancel_url": .string(origin.url(.falQueue, path + "/cancel")),
        ]
    }

    static let notFound = EmulatedResponse.json(["status": "NOT_FOUND"], status: 404)

    /// Returns the job, or the response for an unknown one.
    private func find(
        _ id: String, _ owner: String, _ request: EmulatedRequest
    ) async -> Result<JobSnapshot, Refusal> {
        guard state.accepts(key: request.credential(scheme: "Key")) else {
            return .failure(Refusal(response: failure(status: 401)))
        }
        guard let snapshot = await state.jobs.snapshot(id), snapshot.provider == .fal,
            snapshot.attributes["root"]?.string == owner
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
        let root = snapshot.attributes["root"]?.string ?? ""
        var members = links(snapshot.id, root: root, request.origin)
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
            // The key must be present without a value, because fal_client reads it.
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
            let state = state
            let (events, continuation) = AsyncStream.makeStream(of: String.self)
            let task = Task {
                var last: JSONValue?
                while !Task.isCancelled, let snapshot = await state.jobs.snapshot(id) {
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
            switch await state.jobs.cancel(id) {
            case .unknown: return Self.notFound
            case .alreadyEnded: return .json(["status": "ALREADY_COMPLETED"], status: 400, requestID: id)
            case .requested:
                await state.ledger.release(id)
                return state.configuration.ambiguities.falCancelGivesSuccess
                    ? .json(["success": true], requestID: id)
                    : .json(["status": "CANCELLATION_REQUESTED"], status: 202, requestID: id)
            }
        }
    }
}
