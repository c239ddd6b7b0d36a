/// What a status code says where the body does not say more.
struct ReplyVerdict: Hashable, Sendable {
    /// What kind of failure.
    var category: ClientError.Category
    /// Whether the paid request that was answered so may have been bought.
    var purchase: ClientError.Purchase
    /// Whether the same request may be taken later.
    var isRetryable: Bool

    /// - Parameters:
    ///   - status: The HTTP status, or the code of an error that came with 200.
    ///   - isJSON: Whether the body is JSON, as every reply of the hosts' own is. A page was
    ///     written by something in front of the host,
    ///     or by another server at a wrong base URL.
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
            // What was given up while the host worked may have been made all the same.
            case 408, 499: .unknown
            case 400...498: .notTaken
            // RFC 9110, section 15.4: the request is to be sent elsewhere. 302 and 303 also follow
            // work that was done.
            case 301, 307, 308: .notTaken
            default: .unknown
            }
        isRetryable = status == 429
    }

    /// A verdict that no status gave, about what the host has taken.
    init(_ category: ClientError.Category) {
        self.category = category
        purchase = .taken
        isRetryable = false
    }
}
