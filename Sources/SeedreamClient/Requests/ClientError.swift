public import SeedreamModel

/// What went wrong with a host: one value for every provider.
public struct ClientError: Error, Hashable, Codable, Sendable {
    /// What kind of failure.
    public enum Category: String, Hashable, Codable, Sendable, CaseIterable {
        /// The key is missing, wrong, or not allowed to do this.
        case credentials
        /// The account cannot pay.
        case credits
        /// The host does not like a field.
        case validation
        /// The host does not like what is asked for, or what came of it.
        case moderation
        /// Too many requests.
        case rateLimit = "rate-limit"
        /// The host did not answer, or did not make the picture, in time.
        case timeout
        /// The host failed.
        case provider
        /// The connection failed.
        case transport
        /// The host's answer makes no sense.
        case badReply = "bad-reply"
        /// The host does not know what was asked about.
        case notFound = "not-found"
        /// What the host made is not a picture, or not all of one, or no longer there.
        case result
        /// It was cancelled.
        case cancelled
    }

    /// Whether the host may have made, and billed, the pictures.
    public enum Purchase: String, Hashable, Codable, Sendable {
        /// The contract proves that it did not.
        case notTaken = "not-taken"
        /// Nobody here can tell.
        case unknown
        /// It has accepted the job.
        case taken
    }

    /// What kind of failure.
    public var category: Category
    /// Who.
    public var provider: ProviderID
    /// Which call, as `fal.submit`.
    public var operation: String
    /// The HTTP status; `nil` where no reply came.
    public var status: Int?
    /// The host's own word for it, as `image_too_small`.
    public var code: String?
    /// The host's own text, or ours; one line, at most 500 characters.
    public var message: String
    /// The field that the host names, as `body.image_urls.0`.
    public var field: String?
    /// Seconds that the host asks to wait.
    public var retryAfter: Double?
    /// The host's id of the request.
    public var requestID: String?
    /// Whether it may have been bought.
    public var purchase: Purchase
    /// Whether the host says that trying again may help.
    public var isRetryable: Bool
    /// Whether the host has said of a job that it had accepted that nothing more will come of it.
    public var isFinal = false
    /// What to do where the connection itself failed, one line: which file, limit or address to
    /// change. `nil` otherwise.
    public var connectionHint: String?

    /// Makes an error; the text is cut to 500 characters on one line.
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

    /// Makes the error of a call.
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

    /// The text without line breaks and control characters, and without the picture that a host may
    /// echo.
    private static func line(_ text: String) -> String {
        let words = text.prefix(4000).split(whereSeparator: \.isWhitespace)
        // A host that quotes the request quotes its data URIs too.
        let shown = words.map { $0.utf8.count > 200 ? "<\($0.utf8.count) characters>" : String($0) }
        let visible = shown.joined(separator: " ").unicodeScalars.map {
            $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : $0
        }
        return String(String(String.UnicodeScalarView(visible)).prefix(500))
    }
}

extension ClientError {
    /// Whether the call that failed is the one that is paid for.
    package var isAboutPaidCall: Bool {
        operation.split(separator: ".").last.flatMap { APIOperation.Kind(rawValue: String($0)) }?.isPaid
            ?? false
    }
}

extension ClientError: CustomStringConvertible {
    /// `"fal.submit: 422 image_too_small: body.image_urls.0: Image too small (request 764cabcf)"`.
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
    /// What to do about it, and what is known of the money, one line.
    public var remedy: Remedy {
        switch (purchase, category) {
        case (.unknown, _):
            "it may have been bought: look at the account, or at \(.listJobs), before it is sent again"
        case (.taken, .validation), (.taken, .moderation), (.taken, .cancelled):
            "\(mending); it may have been billed"
        case (.taken, .provider) where !isRetryable:
            "the provider gave up on it: look at the account, then send it anew if it is worth the price"
        case (.taken, .credentials), (.taken, .credits):
            "\(mending), then \(.resume): the job is open"
        case (.taken, .result): "\(.resume) fetches it again, while the provider keeps it"
        case (.taken, _): "nothing is lost: \(.resume) asks for the result again"
        case (.notTaken, .cancelled): mending
        case (.notTaken, _): "\(mending); nothing was bought"
        }
    }

    /// What to do about what went wrong, without a word about money or about the job.
    package var mending: Remedy {
        if let connectionHint { return Remedy(connectionHint) }
        let name = provider.displayName
        switch category {
        case .credentials: return "check the key of \(name) in its environment variable, or the key file"
        case .credits: return "add credits to the account at \(name)"
        case .validation: return "change what the message names"
        case .moderation: return "change the prompt or the images; \(name) will refuse the same again"
        case .rateLimit:
            guard let retryAfter else { return "wait, then try again" }
            return "wait \(Int(min(max(retryAfter, 0), 1e9).rounded(.up))) s, then try again"
        case .transport: return "check the network, the proxy and the base URL, then try again"
        case .timeout, .provider: return "try again later"
        case .badReply: return "check that the base URL is that of \(name)"
        case .notFound: return "check the model's id and the request's; \(name) forgets old ones"
        case .result: return "try again"
        case .cancelled: return "nothing is left to do"
        }
    }
}

extension ClientError.Category {
    /// What a failed connection is.
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
    /// The error that a failed connection is.
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
