extension ClientError {
    /// The error that a failed connection is.
    package init(
        _ error: TransportError, _ operation: APIOperation, purchase: Purchase,
        isRetryable: Bool = false
    ) {
        let category: Category =
            switch error.kind {
            case .timeout: .timeout
            case .malformed, .tooLarge: .badReply
            case .nameResolution, .connect, .tls, .proxy, .connectionLost, .forbiddenAddress: .transport
            }
        self.init(
            category, operation, message: error.message, purchase: purchase,
            isRetryable: isRetryable)
    }
}
