extension ClientError {
    /// What to do about it, one line.
    public var hint: String {
        switch (purchase, category) {
        case (.unknown, _):
            "it may have been bought: look at the account, or at `seedream jobs`, before it is sent again"
        case (_, .credentials):
            "check the key of \(provider.displayName) in its environment variable, or the key file"
        case (_, .credits): "add credits to the account at \(provider.displayName); nothing was bought"
        case (_, .validation): "change what the message names; nothing was made"
        case (_, .moderation): "change the prompt or the pictures; the host will refuse the same again"
        case (_, .rateLimit):
            retryAfter.map { "wait \(Int(min(max($0, 0), 1e9).rounded(.up))) s, then try again" }
                ?? "wait, then try again"
        case (.taken, .provider) where !isRetryable:
            "the host gave up on it: look at the account, then send it anew if it is worth the price"
        case (.taken, .timeout), (.taken, .transport), (.taken, .badReply), (.taken, .provider):
            "nothing is lost: `seedream resume` asks for the result again"
        case (.taken, .result): "`seedream resume` fetches it again, while the host keeps it"
        case (_, .transport):
            "check the network, the proxy and the base URL, then try again; nothing was bought"
        case (_, .timeout), (_, .provider): "try again later"
        case (_, .badReply): "check that the base URL is that of \(provider.displayName)"
        case (_, .notFound): "check the model's id and the request's; the host forgets old ones"
        case (_, .result): "try again"
        case (_, .cancelled): "nothing is left to do"
        }
    }
}
