import SeedreamModel

extension FalProvider {
    package func failure(_ reply: HTTPReply, operation: APIOperation) -> ClientError {
        let json = reply.json
        let body = FalErrorBody(json)
        let code = body.code ?? FalHeader.errorType.value(in: reply)
        // A page was written by something before fal, or by another server; nothing at all may well
        // be fal's.
        var verdict = ReplyVerdict(status: reply.status, isJSON: json != nil || reply.byteCount == 0)
        verdict.category = Self.category(reply.status, code: code, message: body.message) ?? verdict.category
        let isFromFal =
            body.isOfFal || FalHeader.errorType.value(in: reply) != nil
            || FalHeader.requestID.value(in: reply) != nil
        let isRetryable = Self.isRetryable(reply, code: code)
        switch operation.kind {
        case .submit:
            // The queue does not run the model, so that fal's rule for 5xx proves nothing: the job
            // may have been stored.
            verdict.isRetryable = isRetryable
        case .run:
            // "5xx is not billed": fal's documents, `contracts/providers.md`, section 2.10. A
            // gateway's page is not fal's word: behind it the run may go on.
            if isFromFal, (500...599).contains(reply.status) {
                verdict.purchase = .notTaken
            } else if body.isOfModel, ["content_policy_violation", "no_media_generated"].contains(code) {
                // "422 may be" billed: these come after the picture was made.
                verdict.purchase = .taken
            }
            verdict.isRetryable = isRetryable
        case .status, .cancel:
            verdict.purchase = .taken
            verdict.isRetryable = isRetryable
        case .result:
            settle(&verdict, reply.status, body, isRetryable: isRetryable)
        default:
            // Uploads and keys cost nothing.
            verdict.purchase = .notTaken
            verdict.isRetryable = isRetryable
        }
        var error = FailureReport(
            operation: operation, reply: reply, requestID: FalHeader.requestID.value(in: reply)
        ).error(verdict, code: code, message: body.message, field: body.field)
        // Only the model's own answer is about the job; all else is about the call, and the picture
        // may lie there.
        error.isFinal = operation.kind == .result && body.isOfModel
        return error
    }

    /// The result's URL answers as the model did: with its error, if the job failed. Everything
    /// else is about the call, and the job keeps its result, so that it is asked for again rather
    /// than given up.
    private func settle(
        _ verdict: inout ReplyVerdict, _ status: Int, _ body: FalErrorBody, isRetryable: Bool
    ) {
        verdict.purchase = .taken
        verdict.isRetryable = isRetryable
        if status == 400, body.message?.lowercased().contains("still in progress") == true {
            (verdict.category, verdict.isRetryable) = (.provider, true)
        } else if body.isOfModel {
            // fal does not bill a 5xx; a 422 it may.
            if (500...599).contains(status) {
                verdict.purchase = .notTaken
            } else {
                verdict.isRetryable = false
            }
        }
    }

    /// What is known from fal's word, where the status alone does not say it; `nil` where that is
    /// all there is.
    private static func category(_ status: Int, code: String?, message: String?) -> ClientError.Category? {
        switch status {
        case 200...399, 401, 402, 404, 429: nil
        case 403: speaksOfMoney(message) ? .credits : nil
        default: code.flatMap(FalErrorType.category)
        }
    }

    /// Whether an account is locked for want of money: "User is locked. Reason: Exhausted balance.
    /// Top up your balance …", or "Reason: TOP_UP" (https://github.com/fal-ai/fal/issues/1147,
    /// /1163). "Reason: Admin lock" is none of it (/1168).
    private static func speaksOfMoney(_ message: String?) -> Bool {
        let text = message?.lowercased() ?? ""
        return ["balance", "top up", "top_up", "credit", "payment"].contains { text.contains($0) }
    }

    /// Whether another try may help. fal's header decides; without it, what is not the model's own
    /// answer is worth one.
    private static func isRetryable(_ reply: HTTPReply, code: String?) -> Bool {
        // The caller's own limit has passed; it would again.
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
