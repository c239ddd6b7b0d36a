import SeedreamModel

extension FalProvider {
    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        let body = FalErrorBody(json)
        let code = body.code ?? FalHeader.errorType.value(in: reply)
        // A non-JSON page comes from a gateway or another server; an empty body may come from fal.
        var verdict = ReplyVerdict(status: reply.status, isJSON: json != nil || reply.byteCount == 0)
        verdict.category = Self.category(reply.status, code: code, message: body.message) ?? verdict.category
        let isFromFal =
            body.isOfFal || FalHeader.errorType.value(in: reply) != nil
            || FalHeader.requestID.value(in: reply) != nil
        let isRetryable = Self.isRetryable(reply, code: code)
        switch operation.kind {
        case .submit:
            // The queue does not run the model, so fal's rule for 5xx proves nothing: the job may
            // have been stored.
            verdict.isRetryable = isRetryable
        case .run:
            // "5xx is not billed": fal's documentation (`docs/providers.md`, "fal: failures"). This
            // does not hold for a gateway's page, behind which the run may continue.
            if isFromFal, (500...599).contains(reply.status) {
                verdict.purchase = .notTaken
            } else if body.isOfModel, ["content_policy_violation", "no_media_generated"].contains(code) {
                // "422 may be" billed: these errors occur after the image was generated.
                verdict.purchase = .taken
            }
            verdict.isRetryable = isRetryable
        case .status, .cancel:
            verdict.purchase = .taken
            verdict.isRetryable = isRetryable
        case .result:
            settle(&verdict, reply.status, body, isRetryable: isRetryable)
        default:
            // Uploads and keys are free.
            verdict.purchase = .notTaken
            verdict.isRetryable = isRetryable
        }
        var error = FailureReport(
            operation: operation, reply: reply, requestID: FalHeader.requestID.value(in: reply)
        ).error(verdict, code: code, message: body.message, field: body.field)
        // Only an answer of the model concerns the job. All other errors concern the call, and the
        // image may still be available.
        error.isFinal = operation.kind == .result && body.isOfModel
        return error
    }

    /// Interprets an error from the result's URL. If the job failed, it returns the model's error.
    /// Any other error concerns the call; the job keeps its result, so it is requested again.
    private func settle(
        _ verdict: inout ReplyVerdict, _ status: Int, _ body: FalErrorBody, isRetryable: Bool
    ) {
        verdict.purchase = .taken
        verdict.isRetryable = isRetryable
        if status == 400, body.message?.lowercased().contains("still in progress") == true {
            (verdict.category, verdict.isRetryable) = (.provider, true)
        } else if body.isOfModel {
            // fal does not bill a 5xx, but may bill a 422.
            if (500...599).contains(status) {
                verdict.purchase = .notTaken
            } else {
                verdict.isRetryable = false
            }
        }
    }

    /// Returns the category by fal's error code, if the status alone is not sufficient, else `nil`.
    private static func category(_ status: Int, code: String?, message: String?) -> ClientError.Category? {
        switch status {
        case 200...399, 401, 402, 404, 429: nil
        case 403: speaksOfMoney(message) ? .credits : nil
        default: code.flatMap(FalErrorType.category)
        }
    }

    /// Returns whether an account is locked for lack of money: "User is locked. Reason: Exhausted
    /// balance. Top up your balance …", or "Reason: TOP_UP"
    /// (https://github.com/fal-ai/fal/issues/1147, /1163). "Reason: Admin lock" has other causes
    /// (/1168).
    private static func speaksOfMoney(_ message: String?) -> Bool {
        let text = message?.lowercased() ?? ""
        return ["balance", "top up", "top_up", "credit", "payment"].contains { text.contains($0) }
    }

    /// Returns whether a retry may succeed. fal's header decides; without it, every error that is
    /// not the model's own may be retried.
    private static func isRetryable(_ reply: HTTPReply, code: String?) -> Bool {
        // The caller's own limit has passed, and would pass again.
        if FalHeader.requestTimeoutType.value(in: reply) != nil { return false }
        switch (FalHeader.needsRetry.value(in: reply) ?? FalHeader.retryable.value(in: reply))?.lowercased() {
        case "1", "true", "yes": return true
        case "0", "false", "no": return false
        default: break
        }
        switch reply.status {
        case 429: return true
        case 408, 500...599: return code.map(FalErrorType.isInfrastructure) ?? true
        default: return false
        }
    }
}

/// An error body of fal: `{"detail": "text", "error_type": …}` of the infrastructure, `{"detail":
/// [{"loc", "msg", "type"}, …]}` of a model, or `{"status": "NOT_FOUND"}` of the queue.
struct FalErrorBody: Hashable, Sendable {
    /// fal's message; `nil` if the reply has no message.
    private(set) var message: String?
    /// fal's error code.
    private(set) var code: String?
    /// The field, such as `body.image_urls.0`.
    private(set) var field: String?
    /// Whether the error is the model's: only models return an array.
    private(set) var isOfModel = false
    /// Whether the body is from fal's software, not from a proxy in front of it.
    private(set) var isOfFal = false

    /// Parses a body, or the payload of a webhook.
    init(_ json: JSONValue?) {
        switch json?["detail"] {
        case .string(let text)?: (message, isOfFal) = (text, true)
        case .array(let items)?:
            (isOfFal, isOfModel) = (true, true)
            read(items)
        case .object(let item)?:
            (message, isOfFal) = (item["msg"]?.string ?? item["message"]?.string, true)
            code = item["type"]?.string
        default:
            message = json?["error"]?.string ?? json?["message"]?.string ?? json?["status"]?.string
        }
        code = code ?? json?["error_type"]?.string
    }

    /// Shows the first of several errors and counts the others.
    private mutating func read(_ items: [JSONValue]) {
        guard let first = items.first else { return }
        message = first["msg"]?.string ?? first.string
        if let text = message, items.count > 1 { message = "\(text) (and \(items.count - 1) more)" }
        code = first["type"]?.string
        // Indices are integers among the names.
        let location = first["loc"]?.array?.compactMap { $0.string ?? $0.integer.map(String.init) } ?? []
        field = location.isEmpty ? nil : location.joined(separator: ".")
    }
}

/// fal's error codes.
///
/// - SeeAlso: `docs/providers.md`, "fal: failures"; https://fal.ai/docs/model-apis/errors.
enum FalErrorType {
    /// Returns the category of an error code; `nil` for an undocumented code.
    static func category(of code: String) -> ClientError.Category? {
        switch code {
        // No result, and none to expect from the same prompt and images.
        case "content_policy_violation", "no_media_generated": .moderation
        case "image_too_small", "image_too_large", "image_load_error", "file_download_error",
            "face_detection_error", "file_too_large", "unsupported_image_format", "greater_than",
            "greater_than_equal", "less_than", "less_than_equal", "multiple_of", "sequence_too_short",
            "sequence_too_long", "one_of", "feature_not_supported", "bad_request":
            .validation
        // Codes of pydantic, which has about a hundred.
        case "missing", "literal_error", "enum", "value_error", "json_invalid", "too_short", "too_long",
            "string_too_short", "string_too_long":
            .validation
        case _ where code.hasSuffix("_type") || code.hasSuffix("_parsing"): .validation
        case "generation_timeout", "request_timeout", "startup_timeout", "runner_connection_timeout": .timeout
        case "concurrent_requests_limit": .rateLimit
        case "client_cancelled": .cancelled
        case "internal_server_error", "downstream_service_error", "downstream_service_unavailable",
            "internal_error", "client_disconnected":
            .provider
        case _ where code.hasPrefix("runner_"): .provider
        default: nil
        }
    }

    /// Returns whether the infrastructure failed, not the model: such errors may be retried unless
    /// a header says otherwise. For the model's errors, and for unknown ones, only the header can
    /// allow a retry.
    static func isInfrastructure(_ code: String) -> Bool {
        code.hasPrefix("runner_")
            || ["internal_error", "request_timeout", "startup_timeout", "concurrent_requests_limit"]
                .contains(code)
    }

    /// Returns whether the code always comes with a 5xx, which fal does not bill.
    /// `downstream_service_error` is missing: one document gives it 400, another 500.
    static func isServerError(_ code: String) -> Bool {
        code.hasPrefix("runner_")
            || [
                "internal_server_error", "generation_timeout", "downstream_service_unavailable",
                "request_timeout", "startup_timeout", "internal_error",
            ].contains(code)
    }
}
