import SeedreamModel

/// A reply read as an error: what the hosts whose bodies are JSON have in common.
struct FailureReport {
    let operation: APIOperation
    let reply: HTTPReply
    /// The host's id of the request, from wherever it has it.
    var requestID: String?
    /// What is known about the purchase whatever the reply says: of a call about an accepted job,
    /// or of one that costs nothing. `nil` for the paid request.
    var settled: ClientError.Purchase?

    /// The error.
    ///
    /// - Parameters:
    ///   - code: The host's own word.
    ///   - message: The host's own text; without one, what came instead is said.
    func error(
        _ verdict: ReplyVerdict, code: String? = nil, message: String?, field: String? = nil
    ) -> ClientError {
        let text = message.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        return ClientError(
            verdict.category, operation, status: reply.status,
            code: code.flatMap(Self.word), message: text ?? "the host gave no reason, but \(reply.outline)",
            field: field.flatMap(Self.word), retryAfter: reply.secondsToWait,
            requestID: requestID.flatMap(Self.word), purchase: settled ?? verdict.purchase,
            isRetryable: verdict.isRetryable)
    }

    /// The error for a reply of success that cannot be read: the host may have made what was asked
    /// for.
    ///
    /// - Parameter expected: What was looked for, as `"\"data\" with pictures"`.
    func badReply(expected: String, isRetryable: Bool = false) -> ClientError {
        ClientError(
            .badReply, operation, status: reply.status,
            message: "expected \(expected), found \(reply.outline)",
            requestID: requestID.flatMap(Self.word), purchase: settled ?? .unknown, isRetryable: isRetryable)
    }

    /// A host's word, fit to be printed: visible ASCII, at most 128 characters; `nil` if nothing is
    /// left of it.
    private static func word(_ text: String) -> String? {
        let visible = text.unicodeScalars.lazy.filter { $0.value > 0x20 && $0.value < 0x7F }
        let word = String(String.UnicodeScalarView(visible.prefix(128)))
        return word.isEmpty ? nil : word
    }
}
