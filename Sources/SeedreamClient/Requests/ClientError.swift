public import SeedreamModel

/// An error of a request to a provider; one type for all providers.
public struct ClientError: Error, Hashable, Codable, Sendable {
    /// The category of an error.
    public enum Category: String, Hashable, Codable, Sendable, CaseIterable {
        /// The key is missing, wrong, or not allowed to do this.
        case credentials
        /// The account has insufficient credits.
        case credits
        /// The provider rejected the value of a field.
        case validation
        /// The provider's content filter rejected the input or the result.
        case moderation
        /// Too many requests.
        case rateLimit = "rate-limit"
        /// The provider did not reply, or did not finish the image, in time.
        case timeout
        /// The provider failed.
        case provider
        /// The connection failed.
        case transport
        /// The reply is malformed or unexpected.
        case badReply = "bad-reply"
        /// The provider does not know the model, job or URL that was asked for.
        case notFound = "not-found"
        /// The result is not an image, incomplete, or no longer available.
        case result
        /// The request or the job was cancelled.
        case cancelled
    }

    /// Whether the provider may have produced and billed the images.
    public enum Purchase: String, Hashable, Codable, Sendable, CaseIterable {
        /// The provider's contract proves that it did not.
        case notTaken = "not-taken"
        /// It is not known.
        case unknown
        /// The provider accepted the job.
        case taken
    }

    /// The category.
    public var category: Category
    /// The provider.
    public var provider: ProviderID
    /// The operation that failed, such as `fal.submit`.
    public var operation: String
    /// The HTTP status; `nil` if no reply arrived.
    public var status: Int?
    /// The provider's error code, such as `image_too_small`.
    public var code: String?
    /// The provider's message, or ours: one line, at most 500 characters.
    public var message: String
    /// The field that the provider names, such as `body.image_urls.0`.
    public var field: String?
    /// The wait that the provider asks for, in seconds.
    public var retryAfter: Double?
    /// The provider's request ID.
    public var requestID: String?
    /// Whether the images may have been billed.
    public var purchase: Purchase
    /// Whether the provider indicates that a retry may succeed.
    public var isRetryable: Bool
    /// Whether the provider reported that an accepted job will produce nothing more.
    public var isFinal = false
    /// The action that resolves a failed connection, on one line: the file, limit or address to
    /// change. `nil` for other errors.
    public var connectionHint: String?

    /// Creates an error. The message is reduced to 500 characters on one line.
    public init(
        _ category: Category, provider: ProviderID, operation: String, status: Int? = nil,
        code: String? = nil, message: String,
        field: String? = nil, retryAfter: Double? = nil, requestID: String? = nil, purchase: Purchase,
        isRetryable: Bool = false
    ) {
        self.category = category
        self.provider = provider
        self.operation = operation
        self.status = status
        self.code = code
        self.message = Self.line(message)
        self.field = field
        self.retryAfter = retryAfter
        self.requestID = requestID
        self.purchase = purchase
        self.isRetryable = isRetryable
    }

    /// Creates the error of an operation.
    package init(
        _ category: Category, _ operation: APIOperation, status: Int? = nil, code: String? = nil,
        message: String, field: String? = nil, retryAfter: Double? = nil, requestID: String? = nil,
        purchase: Purchase, isRetryable: Bool = false
    ) {
        self.init(
            category, provider: operation.provider, operation: "\(operation)", status: status, code: code,
            message: message, field: field, retryAfter: retryAfter, requestID: requestID, purchase: purchase,
            isRetryable: isRetryable)
    }

    /// Returns the text without line breaks, control characters and data URIs, which a provider may
    /// quote.
    private static func line(_ text: String) -> String {
        let words = text.prefix(4000).split(whereSeparator: \.isWhitespace)
        // A provider that quotes the request quotes its data URIs too.
        let shown = words.map { $0.utf8.count > 200 ? "<\($0.utf8.count) characters>" : String($0) }
        let visible = shown.joined(separator: " ").unicodeScalars.map {
            $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0
        }
        return String(String(String.UnicodeScalarView(visible)).prefix(500))
    }
}

extension ClientError {
    /// Whether the failed operation is the one that is paid for.
    package var isAboutPaidCall: Bool {
        operation.split(separator: ".").last.flatMap { APIOperation.Kind(rawValue: String($0)) }?.isPaid
            ?? false
    }
}

extension ClientError: CustomStringConvertible {
    /// The error on one line: `"fal.submit: 422 image_too_small: body.image_urls.0: Image too small
    /// (request 764cabcf)"`.
    public var description: String {
        var text = "\(operation): "
        let words = [status.map { "\($0)" }, code].compactMap { $0 }
        if !words.isEmpty { text += words.joined(separator: " ") + ": " }
        if let field { text += "\(field): " }
        text += message
        if let requestID { text += " (request \(requestID))" }
        return text
    }
}

extension ClientError: ErrorWithRemedy {
    /// The action that resolves the error, and whether anything may have been billed, on one line.
    public var remedy: Remedy {
        switch (purchase, category) {
        case (.unknown, _):
            "it may have been bought: check the account, or \(.listJobs), before sending it again"
        case (.taken, .validation), (.taken, .moderation), (.taken, .cancelled):
            "\(mending); it may have been billed"
        case (.taken, .provider) where !isRetryable:
            "the provider gave up on the job: check the account, then send it again if it is worth the price"
        case (.taken, .credentials), (.taken, .credits):
            "\(mending), then \(.resume): the job is still open"
        case (.taken, .result): "\(.resume) downloads it again while the provider keeps it"
        case (.taken, _): "nothing is lost: \(.resume) requests the result again"
        case (.notTaken, .cancelled): mending
        case (.notTaken, _): "\(mending); nothing was bought"
        }
    }

    /// The action that resolves the error, without the purchase and the job.
    package var mending: Remedy {
        if let connectionHint { return Remedy(connectionHint) }
        let name = provider.displayName
        switch category {
        case .credentials: return "check the key of \(name) in its environment variable, or the key file"
        case .credits: return "add credits to the account at \(name)"
        case .validation: return "change the value that the message names"
        case .moderation: return "change the prompt or the images; \(name) will reject the same again"
        case .rateLimit:
            guard let retryAfter else { return "wait, then try again" }
            return "wait \(Int(min(max(retryAfter, 0), 1e9).rounded(.up))) s, then try again"
        case .transport: return "check the network, the proxy and the base URL, then try again"
        case .timeout, .provider: return "try again later"
        case .badReply: return "check that the base URL belongs to \(name)"
        case .notFound where code == "ModelNotOpen": return "activate the model in the console of \(name)"
        case .notFound where isAboutPaidCall:
            let successors = ModelTable.standard.entries(of: provider).filter { $0.editID != nil }
                .map(\.alias).filter { $0 != ModelTable.defaultAlias }
            let others = successors.isEmpty ? "" : ": \(successors.joined(separator: ", "))"
            return
                "\(name) does not have this model, or no longer; \(.listModels) shows what else it sells\(others)"
        case .notFound: return "check the model ID and the request ID; \(name) forgets old requests"
        case .result: return "try again"
        case .cancelled: return "nothing to do"
        }
    }
}

extension ClientError.Category {
    /// Creates the category of a failed connection.
    package init(_ kind: TransportError.Kind) {
        self =
            switch kind {
            case .timeout: .timeout
            case .malformed, .tooLarge: .badReply
            case .nameResolution, .connect, .tls, .proxy, .connectionLost, .forbiddenAddress: .transport
            }
    }
}

extension ClientError {
    /// Creates the error of a failed connection.
    package init(
        _ error: TransportError, _ operation: APIOperation, purchase: Purchase,
        isRetryable: Bool = false
    ) {
        self.init(
            Category(error.kind), operation, message: error.message, purchase: purchase,
            isRetryable: isRetryable)
        connectionHint = error.hint
    }
}
