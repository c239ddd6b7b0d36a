import HTTPTypes
package import SeedreamModel

extension FalProvider {
    package func submitReply(
        _ reply: HTTPReply, to draft: RequestDraft, in context: RequestContext
    ) throws(ClientError) -> SubmitReply {
        guard reply.isSuccess else { throw failure(reply, operation: draft.operation) }
        if draft.operation == .fal(.run) {
            return .finished(try FalOutput.result(in: reply, operation: draft.operation, purchase: .unknown))
        }
        guard let json = reply.json, let id = Self.requestID(json["request_id"]) else {
            throw report(reply, draft.operation, .unknown)
                .badReply(expected: "\"request_id\" of a queued job")
        }
        // A URL of another server is ignored: it would receive the key.
        func own(_ name: String) -> String? {
            json[name]?.string.flatMap { Self.isOfQueue($0, context) ? $0 : nil }
        }
        return .accepted(
            JobTicket(
                requestID: id, model: draft.model, statusURL: own("status_url"),
                responseURL: own("response_url"),
                cancelURL: own("cancel_url")))
    }

    package func statusRequest(
        for ticket: JobTicket, withLogs: Bool, in context: RequestContext
    ) -> APIRequest? {
        let url = url(ticket.statusURL, of: ticket, "/status", context)
        return APIRequest(
            operation: .fal(.status), method: .get,
            url: "\(url)\(url.contains("?") ? "&" : "?")logs=\(withLogs)", maximumReply: Self.maximumReply)
    }

    package func resultRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest? {
        APIRequest(
            operation: .fal(.result), method: .get, url: url(ticket.responseURL, of: ticket, "", context),
            maximumReply: Self.maximumReply)
    }

    package func cancelRequest(for ticket: JobTicket, in context: RequestContext) -> APIRequest? {
        APIRequest(
            operation: .fal(.cancel), method: .put,
            url: url(ticket.cancelURL, of: ticket, "/cancel", context))
    }

    package func status(in reply: HTTPReply) throws(ClientError) -> JobStatus {
        guard reply.isSuccess else { throw failure(reply, operation: .fal(.status)) }
        guard let json = reply.json, let word = json["status"]?.string else {
            throw report(reply, .fal(.status), .taken)
                .badReply(expected: "\"status\" of a job", isRetryable: true)
        }
        let requestID = FalHeader.requestID.value(in: reply) ?? json["request_id"]?.string
        let phase: JobStatus.Phase =
            switch JobWord(word) {
            case .queued: .queued(position: json["queue_position"]?.integer)
            case .running: .running(progress: nil)
            case .completed: Self.end(json, requestID: requestID) ?? .completed(nil)
            // fal documents none of these words: a failed job is completed, with an error.
            case .failed:
                Self.end(json, requestID: requestID) ?? .failed(Self.failedJob(word, json, requestID))
            case .cancelled: .cancelled
            case nil: Self.end(json, requestID: requestID) ?? .other(word)
            }
        return JobStatus(
            phase: phase,
            logs: json["logs"]?.array?.prefix(Self.maximumLogLines).compactMap {
                ($0["message"]?.string ?? $0.string).map { String($0.prefix(Self.maximumLogLine)) }
            } ?? [],
            requestID: requestID)
    }

    /// The maximum length of a reply about a job, including its log, in bytes; our choice.
    private static let maximumReply = 16 << 20
    /// The maximum number of log lines, and of characters per line; our choice.
    private static let maximumLogLines = 1000
    private static let maximumLogLine = 2000

    package func result(in reply: HTTPReply) throws(ClientError) -> GenerationResult {
        guard reply.isSuccess else { throw failure(reply, operation: .fal(.result)) }
        return try FalOutput.result(in: reply, operation: .fal(.result), purchase: .taken)
    }

    package func cancellation(in reply: HTTPReply) throws(ClientError) -> CancellationOutcome {
        let json = reply.json
        switch json?["status"]?.string {
        case "CANCELLATION_REQUESTED"?: return .requested
        case "ALREADY_COMPLETED"?: return .alreadyCompleted
        case "NOT_FOUND"?: return .notFound
        default: break
        }
        guard reply.isSuccess else { throw failure(reply, operation: .fal(.cancel)) }
        // The generated OpenAPI file has `{"success": bool}`; the only documented reason for
        // `false` is that the job is already complete.
        return json?["success"]?.bool == false ? .alreadyCompleted : .requested
    }

    /// Returns the final phase of a job that reports an error; `nil` if it reports none.
    private static func end(_ json: JSONValue, requestID: String?) -> JobStatus.Phase? {
        let code = json["error_type"]?.string ?? ""
        // Both are missing or null after a success.
        let hasError = json["error"].map { !$0.isNull && $0 != "" && $0 != false } ?? false
        guard hasError || !code.isEmpty else { return nil }
        if code == "client_cancelled" { return .cancelled }
        let message = json["error"]?.string ?? json["error"]?["message"]?.string ?? ""
        return .failed(failedJob(code: code, message: message, field: nil, requestID: requestID))
    }

    private static func failedJob(_ word: String, _ json: JSONValue, _ requestID: String?) -> ClientError {
        let text = json["message"]?.string ?? json["detail"]?.string ?? ""
        return failedJob(code: word, message: text, field: nil, requestID: requestID)
    }

    /// Returns the error of a job that fal ended: not billed if it was fal's fault, perhaps billed
    /// if it was the request's.
    static func failedJob(code: String, message: String, field: String?, requestID: String?) -> ClientError {
        ClientError(
            FalErrorType.category(of: code) ?? .provider, .fal(.job),
            code: code.isEmpty ? nil : code,
            message: message.isEmpty ? "the job failed, and fal gave no reason" : message, field: field,
            requestID: requestID, purchase: FalErrorType.isServerError(code) ? .notTaken : .taken,
            isRetryable: FalErrorType.isInfrastructure(code))
    }

    private func report(
        _ reply: HTTPReply, _ operation: APIOperation, _ purchase: ClientError.Purchase
    ) -> FailureReport {
        FailureReport(
            operation: operation, reply: reply,
            requestID: FalHeader.requestID.value(in: reply),
            settled: purchase)
    }

    /// Returns an ID that can be part of a path; `nil` for anything else.
    private static func requestID(_ value: JSONValue?) -> String? {
        guard let id = value?.string, !id.isEmpty, id.utf8.count <= 200,
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return id
    }

    private static func isOfQueue(_ url: String, _ context: RequestContext) -> Bool {
        guard let origin = URLParts(url)?.origin else { return false }
        return origin == URLParts(context.endpoints.queue)?.origin
    }

    /// Returns the URL from the queue if it belongs to the queue, else the URL that the queue would
    /// have given: without the model's path.
    private func url(
        _ given: String?, of ticket: JobTicket, _ tail: String, _ context: RequestContext
    ) -> String {
        if let given, Self.isOfQueue(given, context) { return given }
        let root = FalApp(ticket.model)?.root ?? URLParts.encoded(ticket.model)
        return "\(context.endpoints.queue)/\(root)/requests/\(URLParts.encoded(ticket.requestID))\(tail)"
    }
}

/// The result of a model: `{"images": [{"url", "content_type", "file_size", "width", "height"}],
/// "seed"}`, of which only `url` is guaranteed.
enum FalOutput {
    /// Parses the reply of a success.
    ///
    /// - Parameter purchase: The purchase state if the reply cannot be parsed: the images may exist
    ///   anyway.
    static func result(
        in reply: HTTPReply, operation: APIOperation, purchase: ClientError.Purchase
    ) throws(ClientError) -> GenerationResult {
        let requestID = FalHeader.requestID.value(in: reply)
        let report = FailureReport(
            operation: operation, reply: reply, requestID: requestID, settled: purchase)
        guard let json = reply.json, var result = result(in: json, of: reply) else {
            // The model is finished and reports that there is no image.
            if let images = reply.json?["images"], images.isNull || images.array?.isEmpty == true {
                var error = report.error(
                    ReplyVerdict(.provider), code: "no_media_generated",
                    message: "the model produced no image, and fal gave no reason")
                (error.isFinal, error.purchase) = (true, .taken)
                throw error
            }
            throw report.badReply(expected: "\"images\" with URLs", isRetryable: purchase == .taken)
        }
        result.requestID = requestID
        if let units = FalHeader.billableUnits.value(in: reply).flatMap(Double.init), units.isFinite {
            result.usage.billableUnits = units
        }
        return result
    }

    /// Parses the payload of a webhook; `nil` if it contains no image with a URL.
    static func result(in json: JSONValue) -> GenerationResult? {
        result(in: json, of: HTTPReply(head: HTTPResponse(status: .ok), body: []))
    }

    /// Parses an output; `nil` if it contains no image.
    private static func result(in json: JSONValue, of reply: HTTPReply) -> GenerationResult? {
        let (images, failures) = reply.images(under: ["images"], of: json)
        guard !images.isEmpty else { return nil }
        return GenerationResult(images: images, seed: json["seed"]?.integer, failures: failures)
    }
}
