public import SeedreamModel

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
