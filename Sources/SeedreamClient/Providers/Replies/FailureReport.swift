import SeedreamModel

/// Interprets a reply as an error. Shared by the providers whose error bodies are JSON.
struct FailureReport {
    let operation: APIOperation
    let reply: HTTPReply
    /// The provider's request ID, from any place that holds it.
    var requestID: String?
    /// The purchase state that holds for any reply: that of a call about an accepted job, or of a
    /// free call. `nil` for the paid request.
    var settled: ClientError.Purchase?

    /// Returns the error.
    ///
    /// - Parameters:
    ///   - code: The provider's error code.
    ///   - message: The provider's message. Without one, the reply's size and type are stated
    ///     instead.
    func error(
        _ verdict: ReplyVerdict, code: String? = nil, message: String?, field: String? = nil
    ) -> ClientError {
        let text = message.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        return ClientError(
            verdict.category, operation, status: reply.status,
            code: code.flatMap(Self.word),
            message: text ?? "the provider gave no reason, only \(reply.outline)",
            field: field.flatMap(Self.word), retryAfter: reply.secondsToWait,
            requestID: requestID.flatMap(Self.word), purchase: settled ?? verdict.purchase,
            isRetryable: verdict.isRetryable)
    }

    /// Returns the error for a success that cannot be parsed: the provider may have produced the
    /// result.
    ///
    /// - Parameter expected: The expected content, such as `"\"data\" with images"`.
    func badReply(expected: String, isRetryable: Bool = false) -> ClientError {
        ClientError(
            .badReply, operation, status: reply.status,
            message: "expected \(expected), found \(reply.outline)",
            requestID: requestID.flatMap(Self.word), purchase: settled ?? .unknown, isRetryable: isRetryable)
    }

    /// Returns a provider's word in printable form: visible ASCII, at most 128 characters; `nil` if
    /// nothing remains.
    private static func word(_ text: String) -> String? {
        let visible = text.unicodeScalars.lazy.filter { $0.value > 0x20 && $0.value < 0x7F }
        let word = String(String.UnicodeScalarView(visible.prefix(128)))
        return word.isEmpty ? nil : word
    }
}

/// The meaning of a status code if the body says nothing more specific.
struct ReplyVerdict: Hashable, Sendable {
    /// The category of the error.
    var category: ClientError.Category
    /// Whether a paid request with this reply may have been bought.
    var purchase: ClientError.Purchase
    /// Whether the same request may succeed later.
    var isRetryable: Bool

    /// - Parameters:
    ///   - status: The HTTP status, or the code of an error that came with 200.
    ///   - isJSON: Whether the body is JSON, like every reply of the providers. A page comes from a
    ///     gateway in front of the provider, or from another server at a wrong base URL.
    init(status: Int, isJSON: Bool) {
        category =
            switch status {
            case 401: .credentials
            case 402: .credits
            case 408, 499, 504: .timeout
            case 429: .rateLimit
            case 500...599: .provider
            case _ where !isJSON: .badReply
            case 403: .credentials
            case 404, 410: .notFound
            case 400...498: .validation
            default: .badReply
            }
        purchase =
            switch status {
            // A request that timed out may have been completed.
            case 408, 499: .unknown
            case 400...498: .notTaken
            // RFC 9110, section 15.4: the request belongs to another URL. 302 and 303 can also
            // follow completed work.
            case 301, 307, 308: .notTaken
            default: .unknown
            }
        isRetryable = status == 429
    }

    /// Creates a verdict without a status, about an accepted job.
    init(_ category: ClientError.Category) {
        self.category = category
        purchase = .taken
        isRetryable = false
    }
}
